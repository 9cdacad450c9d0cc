import { limits, type Problem } from '@causeway/contracts';
import { pointerOf } from './pointer';

/** In `u` mode this class holds only surrogates without their partner. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** What is wrong with a value, and the way to it, innermost key first: written only when something is. */
interface Odd {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly way: string[];
}

/**
 * The first thing in a value that JSON cannot say exactly, that no database keeps or that is nested too deeply, or null. A plan must have exactly one
 * canonical text (its digest is of that), and no reader further in may overflow its stack. Total on any value, cyclic ones included.
 */
export function jsonProblem(value: unknown): Problem | null {
  const odd = oddIn(value, 0);
  if (!odd) return null;
  const { way, ...problem } = odd;
  return { ...problem, pointer: pointerOf(way.reverse()) };
}

const odd = (code: string, message: string, hint?: string): Odd => ({
  code,
  message,
  ...(hint === undefined ? {} : { hint }),
  way: [],
});

function oddIn(value: unknown, depth: number): Odd | null {
  if (depth > limits.jsonDepth) return odd('too-deep', `nested deeper than ${limits.jsonDepth} levels`);
  switch (typeof value) {
    case 'string':
      return oddText(value);
    case 'number':
      return oddNumber(value);
    case 'boolean':
      return null;
    case 'object':
      return value === null ? null : oddInside(value, depth);
    default:
      return odd('not-json', 'this value does not exist in JSON');
  }
}

/** U+0000 is good JSON, but no database keeps it. */
function oddText(value: string): Odd | null {
  if (value.includes('\u0000')) return odd('not-text', 'this text holds a NUL character');
  return LONE_SURROGATE.test(value) ? odd('not-json', 'this text holds half of a character') : null;
}

function oddNumber(value: number): Odd | null {
  if (!Number.isFinite(value)) return odd('not-json', `${value} is no number in JSON`);
  if (Number.isInteger(value) && !Number.isSafeInteger(value))
    return odd('not-json', 'this number is too large to be exact', 'Put it in quotes.');
  return null;
}

function oddInside(value: object, depth: number): Odd | null {
  for (const key of Object.keys(value)) {
    const found =
      key === '__proto__'
        ? odd('bad-form', '"__proto__" cannot be a name')
        : (oddIn(key, 0) ?? oddIn((value as Record<string, unknown>)[key], depth + 1));
    if (!found) continue;
    found.way.push(key);
    return found;
  }
  return null;
}
