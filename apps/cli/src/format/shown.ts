import { printable } from '@causeway/plan-file';

/**
 * An answer as it may be put on a screen: names, resources and messages in it are of strangers, so no text of it keeps a control
 * character. For people only; machines get what was said.
 */
export function shown<T>(value: T): T {
  if (typeof value === 'string') return printable(value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => shown(item)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, shown(item)])) as T;
}
