import { z } from 'zod';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const PATTERN = /^([1-9][0-9]{0,5})(ms|s|m|h)$/;

/** A duration as people write it in plans and targets: `500ms`, `30s`, `10m`, `2h`. */
export const duration = z.string().regex(PATTERN, 'must be a duration like 500ms, 30s, 10m or 2h');

/** Milliseconds of a duration that the schema {@link duration} let in. Throws on anything else. */
export function durationMs(text: string): number {
  const match = PATTERN.exec(text);
  if (!match) throw new RangeError(`not a duration: ${text}`);
  return Number(match[1]) * (UNIT_MS[match[2] as string] as number);
}
