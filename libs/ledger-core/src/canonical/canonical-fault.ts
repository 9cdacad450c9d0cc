import {
  CANONICAL_DEPTH_LIMIT,
  CanonicalJsonError,
  isExactNumber,
  isPlain,
  isWellFormed,
  type CanonicalFault,
} from './canonical-rules';

/** The slow walk, only taken once it is known that something is wrong: the first fault with its JSON pointer. */
export function faultIn(value: unknown): CanonicalJsonError {
  return search(value, '', 0) ?? new CanonicalJsonError('not-json', '');
}

const step = (name: string | number): string => `/${String(name).replace(/~/g, '~0').replace(/\//g, '~1')}`;

function search(value: unknown, pointer: string, depth: number): CanonicalJsonError | null {
  if (typeof value !== 'object' || value === null) {
    const fault = faultOfScalar(value);
    return fault && new CanonicalJsonError(fault, pointer);
  }
  if (depth >= CANONICAL_DEPTH_LIMIT) return new CanonicalJsonError('too-deep', pointer);
  if (Array.isArray(value)) return searchArray(value, pointer, depth + 1);
  return isPlain(value) ? searchObject(value, pointer, depth + 1) : new CanonicalJsonError('not-json', pointer);
}

function searchArray(items: readonly unknown[], pointer: string, depth: number): CanonicalJsonError | null {
  for (let i = 0; i < items.length; i++) {
    const found = search(items[i], pointer + step(i), depth);
    if (found) return found;
  }
  return null;
}

function searchObject(value: object, pointer: string, depth: number): CanonicalJsonError | null {
  for (const name of Object.keys(value).sort()) {
    const place = pointer + step(name);
    if (!isWellFormed(name)) return new CanonicalJsonError('lone-surrogate', place);
    const found = search((value as Record<string, unknown>)[name], place, depth);
    if (found) return found;
  }
  return null;
}

function faultOfScalar(value: unknown): CanonicalFault | null {
  switch (typeof value) {
    case 'string':
      return isWellFormed(value) ? null : 'lone-surrogate';
    case 'number':
      if (isExactNumber(value)) return null;
      return Number.isFinite(value) ? 'unsafe-integer' : 'not-finite';
    case 'boolean':
    case 'object':
      return null;
    case 'undefined':
      return 'undefined';
    default:
      return 'not-json';
  }
}
