/** What a record holds under a name that somebody chose. What every object has (`constructor` is a good name of a step) is not in it. */
export const own = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;
