/**
 * Canonical JSON (RFC 8785, JSON Canonicalization Scheme): one value, one text.
 *
 * Purpose: whatever is hashed, stored or compared as JSON is written by this file and by no other.
 * Owns: the order of names, the spelling of strings and numbers, and what may not be written at all.
 *
 * C1  Two equal JSON values give the same text, whatever the order of their names was.
 * C2  `JSON.parse(canonicalJson(v))` is `v` again (with -0 as 0, as RFC 8785 section 3.2.2.3 wants).
 * C3  What JSON cannot say exactly is refused, never dropped or repaired: undefined, NaN and infinities, lone
 *     surrogates, integers beyond 2^53 - 1, functions, symbols, bigints, instances of classes, holes in arrays.
 * C4  A refusal names the place as a JSON pointer (RFC 6901).
 */
import { faultIn } from './canonical-fault';
import { CANONICAL_DEPTH_LIMIT, isExactNumber, isPlain, isWellFormed } from './canonical-rules';

/**
 * The RFC 8785 text of a JSON value.
 * @throws CanonicalJsonError naming the place of what cannot be written
 */
export function canonicalJson(value: unknown): string {
  const text = textOf(value, 0);
  if (text === null) throw faultIn(value);
  return text;
}

/** The same, with null for a value that has no canonical form: for input from outside, where parsed JSON may still hold one. */
export const canonicalOrNull = (value: unknown): string | null => textOf(value, 0);

/** Null: there is something in it that cannot be written. Finding out where is left to the slow path. */
function textOf(value: unknown, depth: number): string | null {
  switch (typeof value) {
    case 'string':
      return quoted(value);
    case 'number':
      return isExactNumber(value) ? numberText(value) : null;
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (depth >= CANONICAL_DEPTH_LIMIT) return null;
      return Array.isArray(value) ? arrayText(value, depth + 1) : objectText(value, depth + 1);
    default:
      return null;
  }
}

/** RFC 8785 section 3.2.2.3 is ECMAScript's own Number-to-String; only -0 needs care, and `String(-0)` is "0". */
export const numberText = (value: number): string => String(value);

/** What must be escaped (and some control characters that need not), or is half of a pair. */
const NEEDS_CARE = /["\\\p{Cc}\p{Surrogate}]/u;
/** Characters up to which looking for what needs care is cheaper than calling JSON.stringify (measured: half). */
const SHORT = 64;

/** RFC 8785 section 3.2.2.2 is ECMAScript's own QuoteJSONString, but for lone surrogates, which are refused (null). */
export function quoted(text: string): string | null {
  if (text.length < SHORT && !NEEDS_CARE.test(text)) return `"${text}"`;
  return isWellFormed(text) ? JSON.stringify(text) : null;
}

function arrayText(items: readonly unknown[], depth: number): string | null {
  let text = '[';
  for (let i = 0; i < items.length; i++) {
    const item = textOf(items[i], depth);
    if (item === null) return null;
    text += i === 0 ? item : `,${item}`;
  }
  return `${text}]`;
}

function objectText(value: object, depth: number): string | null {
  if (!isPlain(value)) return null;
  const names = sorted(Object.keys(value));
  let text = '{';
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string;
    const label = quoted(name);
    const member = textOf((value as Record<string, unknown>)[name], depth);
    if (member === null || label === null) return null;
    text += i === 0 ? `${label}:${member}` : `,${label}:${member}`;
  }
  return `${text}}`;
}

/** In place, by UTF-16 code units (RFC 8785 section 3.2.3). Objects made by our own code mostly come in order already. */
function sorted(names: string[]): readonly string[] {
  for (let i = 1; i < names.length; i++) {
    if ((names[i - 1] as string) > (names[i] as string)) return names.sort();
  }
  return names;
}
