/**
 * What statements that were started together answer, in the order they were started. Rejects with the first one's failure: those after it
 * fail too, but only say that something before them did.
 */
export async function inTurn<T extends readonly unknown[]>(
  started: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  // All are heard, so that none that fails later goes unheard.
  for (const one of started) if (one instanceof Promise) one.catch(() => undefined);
  const answers: unknown[] = [];
  for (const one of started) answers.push(await one);
  return answers as { -readonly [K in keyof T]: Awaited<T[K]> };
}
