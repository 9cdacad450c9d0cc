const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Whether JSON text nests at most `limit` levels, seen on its raw bytes. Deeper text parses, but later walks of the tree
 * overflow the stack (trap K3b), so it has to be found before anything is parsed. Text that is not JSON gets some answer:
 * the parser refuses it afterwards.
 */
export function depthWithin(bytes: Uint8Array, limit: number): boolean {
  let depth = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte === QUOTE) i = endOfString(bytes, i + 1);
    // [ is 0x5b and { is 0x7b, their partners ] 0x5d and } 0x7d: bit 0x20 tells braces from brackets.
    else if ((byte | 0x20) === 0x7b) {
      if (++depth > limit) return false;
    } else if ((byte | 0x20) === 0x7d) depth--;
  }
  return true;
}

/**
 * Whether text has so few openers that it cannot nest deeper than `limit`: nearly all of it, and looked at without a turn a byte.
 * False says nothing.
 */
export const hasFewOpeners = (text: string, limit: number): boolean =>
  countOf('{', text, limit) + countOf('[', text, limit) <= limit;

function countOf(opener: string, text: string, most: number): number {
  let count = 0;
  for (let at = text.indexOf(opener); at >= 0 && count <= most; at = text.indexOf(opener, at + 1)) count++;
  return count;
}

function endOfString(bytes: Uint8Array, from: number): number {
  let i = from;
  for (; i < bytes.length && bytes[i] !== QUOTE; i++) if (bytes[i] === BACKSLASH) i++;
  return i;
}
