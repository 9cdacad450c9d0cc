import { limits } from '@causeway/contracts';
import type { JsonValue } from './look';

/** Levels of an answer. Half of what a message may have, because the answer's values are nested in one. */
const MAX_DEPTH = limits.jsonDepth / 2;

/**
 * The top-level fields of a JSON object, or null when the body is something else: not JSON, not an object, not UTF-8, or
 * nested so deep that writing it out again would overflow the stack.
 */
export function jsonFields(body: Buffer): ReadonlyMap<string, JsonValue> | null {
  if (body.length === 0 || depthOf(body) > MAX_DEPTH) return null;
  try {
    const value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as JsonValue;
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return null;
    return new Map(Object.entries(value));
  } catch {
    return null;
  }
}

/** Deepest nesting of brackets outside strings, on raw bytes: parsing first would be too late. */
function depthOf(body: Buffer): number {
  let [depth, deepest, inString] = [0, 0, false];
  for (let i = 0; i < body.length; i++) {
    const byte = body[i];
    if (inString) {
      if (byte === 0x5c) i++;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x7b || byte === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return deepest;
}
