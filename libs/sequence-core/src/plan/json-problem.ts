import { limits, type Problem } from '@causeway/contracts';
import { pointerOf } from './pointer';

/** In `u` mode this class holds only surrogates without their partner. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * The first thing in a value that JSON cannot say exactly or that is nested too deeply, or null. A plan must have exactly one
 * canonical text (its digest is of that), and no reader further in may overflow its stack. Total on any value, cyclic ones included.
 */
export const jsonProblem = (value: unknown): Problem | null => problemIn(value, []);

function problemIn(value: unknown, path: readonly string[]): Problem | null {
  const problem = (code: string, message: string, hint?: string): Problem => ({
    code,
    pointer: pointerOf(path),
    message,
    ...(hint === undefined ? {} : { hint }),
  });
  if (path.length > limits.jsonDepth) return problem('too-deep', `nested deeper than ${limits.jsonDepth} levels`);
  switch (typeof value) {
    case 'string':
      return LONE_SURROGATE.test(value) ? problem('not-json', 'this text holds half of a character') : null;
    case 'number':
      return numberProblem(value, problem);
    case 'boolean':
      return null;
    case 'object':
      return value === null ? null : problemInside(value, path);
    default:
      return problem('not-json', 'this value does not exist in JSON');
  }
}

function numberProblem(value: number, problem: (code: string, message: string, hint?: string) => Problem) {
  if (!Number.isFinite(value)) return problem('not-json', `${value} is no number in JSON`);
  if (Number.isInteger(value) && !Number.isSafeInteger(value))
    return problem('not-json', 'this number is too large to be exact', 'Put it in quotes.');
  return null;
}

function problemInside(value: object, path: readonly string[]): Problem | null {
  for (const [key, inner] of Object.entries(value)) {
    const at = [...path, key];
    if (key === '__proto__')
      return { code: 'bad-form', pointer: pointerOf(at), message: '"__proto__" cannot be a name' };
    const found = LONE_SURROGATE.test(key) ? problemIn(key, at) : problemIn(inner, at);
    if (found) return found;
  }
  return null;
}
