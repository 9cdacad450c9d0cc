import type { MemberReading } from '@causeway/contracts';

/** What one look at one member brought. */
export type LookOutcome = MemberReading['outcome'];

/** Told of something older than the look that its answer leans on (a token): since when it is, monotonic milliseconds. */
export type LeansOn = (atMs: number) => void;

/**
 * One look at one member, ready to be repeated. Resolves with what was seen, rejects with {@link LookFailed} when the
 * member could not be seen. The signal fires when nobody waits for the answer any more.
 */
export type Look = (signal: AbortSignal, leansOn?: LeansOn) => Promise<LookOutcome>;

/** The look brought nothing. The message is a finished sentence for people: it goes into the reading as the reason. */
export class LookFailed extends Error {}

/** Values of one look by observed name. */
export type ObservedValues = Record<string, JsonValue>;
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

export const unreachable = (reason: string): LookOutcome => ({ kind: 'unreachable', reason: reason.slice(0, 2_000) });

/** One observed value, bytes of JSON. A reading is evidence, not a copy of the answer. */
const MAX_VALUE_BYTES = 4 * 1024;

/**
 * Keeps the status and the values that somebody asked for, and nothing else of an answer: what is not named never leaves
 * the prober, and a field that changes with every answer (a date) cannot break a streak.
 */
export function observed(all: ReadonlyMap<string, JsonValue>, asked: readonly string[]): LookOutcome {
  const values = Object.create(null) as ObservedValues;
  for (const name of [...new Set(['status', ...asked])].sort()) {
    const value = all.get(name);
    if (value !== undefined) values[name] = bounded(name, value);
  }
  return { kind: 'observed', values: { ...values } };
}

function bounded(name: string, value: JsonValue): JsonValue {
  // The same words however large it is: a reason that changes with every look would be news with every look.
  if (Buffer.byteLength(JSON.stringify(value)) > MAX_VALUE_BYTES)
    throw new LookFailed(`${name} is larger than the ${MAX_VALUE_BYTES} bytes that a reading takes`);
  return value;
}
