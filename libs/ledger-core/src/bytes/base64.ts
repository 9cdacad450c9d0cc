/** Base64 (RFC 4648 section 4), strict: padding required, unused bits zero, nothing else in it. One text per bytes. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const PAD = 61;
const CODES = Uint8Array.from(ALPHABET, (character) => character.charCodeAt(0));
const VALUES = new Int8Array(128).fill(-1);
CODES.forEach((code, value) => (VALUES[code] = value));

export function base64Encode(bytes: Uint8Array): string {
  const codes = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  for (let i = 0, at = 0; i < bytes.length; i += 3, at += 4) {
    const left = bytes.length - i;
    const group = ((bytes[i] as number) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    codes[at] = CODES[group >> 18] as number;
    codes[at + 1] = CODES[(group >> 12) & 63] as number;
    codes[at + 2] = left > 1 ? (CODES[(group >> 6) & 63] as number) : PAD;
    codes[at + 3] = left > 2 ? (CODES[group & 63] as number) : PAD;
  }
  return asciiText(codes);
}

/** In pieces: the number of arguments of one call is limited. */
function asciiText(codes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < codes.length; i += 4096) text += String.fromCharCode(...codes.subarray(i, i + 4096));
  return text;
}

/** The bytes, or null if this is not the one base64 text of them. */
export function base64Decode(text: string): Uint8Array | null {
  if (text.length % 4 !== 0) return null;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  for (let i = 0, at = 0; i < text.length; i += 4, at += 3) {
    const last = i + 4 === text.length ? padding : 0;
    const group = groupOf(text, i, last);
    if (group < 0) return null;
    bytes[at] = group >> 16;
    if (last < 2) bytes[at + 1] = (group >> 8) & 0xff;
    if (last < 1) bytes[at + 2] = group & 0xff;
  }
  return bytes;
}

/** 24 bits of four characters, or -1. The last `padding` characters count as zero, and the bits they would hold must be. */
function groupOf(text: string, i: number, padding: number): number {
  const a = valueAt(text, i);
  const b = valueAt(text, i + 1);
  const c = padding < 2 ? valueAt(text, i + 2) : 0;
  const d = padding < 1 ? valueAt(text, i + 3) : 0;
  if ((a | b | c | d) < 0) return -1;
  const group = (a << 18) | (b << 12) | (c << 6) | d;
  const unused = padding === 2 ? 0xffff : padding === 1 ? 0xff : 0;
  return (group & unused) === 0 ? group : -1;
}

const valueAt = (text: string, i: number): number => VALUES[text.charCodeAt(i)] ?? -1;
