/** What canonical JSON can carry, and the error for what it cannot. */

/** Nesting, levels. Deeper input would overflow the stack; the doors refuse 64 already. */
export const CANONICAL_DEPTH_LIMIT = 128;

export type CanonicalFault = 'undefined' | 'not-finite' | 'unsafe-integer' | 'lone-surrogate' | 'not-json' | 'too-deep';

/** Thrown for a value that has no canonical form. `pointer` is the place (empty: the value itself). */
export class CanonicalJsonError extends Error {
  override readonly name = 'CanonicalJsonError';

  constructor(
    readonly fault: CanonicalFault,
    readonly pointer: string,
  ) {
    super(`no canonical JSON: ${fault} at ${pointer === '' ? 'the value itself' : pointer}`);
  }
}

/** In `u` mode this class holds only surrogates without their partner. */
const LONE_SURROGATE = /\p{Surrogate}/u;

export const isWellFormed = (text: string): boolean => !LONE_SURROGATE.test(text);

export const isExactNumber = (value: number): boolean =>
  Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));

/** An object literal or a parsed one, of any realm; not an instance of a class. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
