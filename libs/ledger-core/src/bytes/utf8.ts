/**
 * UTF-8 (RFC 3629) by hand, because a core has neither Node nor the DOM. Strict both ways, so text and bytes are a
 * bijection: comparing the texts of two lines is comparing their bytes.
 */

/** @throws RangeError for a lone surrogate, which has no bytes */
export function utf8Encode(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) return encodeWide(text, bytes.subarray(0, i));
    bytes[i] = unit;
  }
  return bytes;
}

/** The rest of the text, from the first character that needs more than one byte. `done` are the bytes before it. */
function encodeWide(text: string, done: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(done.length + (text.length - done.length) * 3);
  bytes.set(done);
  let at = done.length;
  for (let i = done.length; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) {
      bytes[at++] = unit;
    } else if (unit < 0x800) {
      bytes[at++] = 0xc0 | (unit >> 6);
      bytes[at++] = 0x80 | (unit & 0x3f);
    } else {
      const point = text.codePointAt(i) as number;
      if (point > 0xffff) i++;
      at = writeLong(bytes, at, point);
    }
  }
  return bytes.subarray(0, at);
}

/** A code point from U+0800, in three or four bytes; where the next one goes. */
function writeLong(bytes: Uint8Array, at: number, point: number): number {
  if (point >= 0xd800 && point <= 0xdfff) throw new RangeError('a lone surrogate has no UTF-8 form');
  let next = at;
  if (point < 0x10000) {
    bytes[next++] = 0xe0 | (point >> 12);
  } else {
    bytes[next++] = 0xf0 | (point >> 18);
    bytes[next++] = 0x80 | ((point >> 12) & 0x3f);
  }
  bytes[next++] = 0x80 | ((point >> 6) & 0x3f);
  bytes[next++] = 0x80 | (point & 0x3f);
  return next;
}

/** The text, or null if these bytes are not UTF-8 (overlong forms, surrogates and points over U+10FFFF included). */
export function utf8Decode(bytes: Uint8Array): string | null {
  let text = '';
  let i = 0;
  while (i < bytes.length) {
    const ascii = eightAscii(bytes, i);
    if (ascii !== null) {
      text += ascii;
      i += 8;
      continue;
    }
    const point = readPoint(bytes, i);
    if (point < 0) return null;
    text += String.fromCodePoint(point);
    i += widthOf(point);
  }
  return text;
}

/** Eight characters at a time: measured at a quarter of the cost of one at a time. Null: not eight, or not all ASCII. */
function eightAscii(bytes: Uint8Array, i: number): string | null {
  if (i + 8 > bytes.length) return null;
  const a = bytes[i] as number;
  const b = bytes[i + 1] as number;
  const c = bytes[i + 2] as number;
  const d = bytes[i + 3] as number;
  const e = bytes[i + 4] as number;
  const f = bytes[i + 5] as number;
  const g = bytes[i + 6] as number;
  const h = bytes[i + 7] as number;
  return (a | b | c | d | e | f | g | h) > 0x7f ? null : String.fromCharCode(a, b, c, d, e, f, g, h);
}

const widthOf = (point: number): number => (point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4);

/** The code point at `i`, or -1. The shortest form is the only one: a point that fits fewer bytes is refused. */
function readPoint(bytes: Uint8Array, i: number): number {
  const first = bytes[i] as number;
  if (first < 0x80) return first;
  const width = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (width === 0 || i + width > bytes.length) return -1;
  let point = first & (0xff >> (width + 1));
  for (let k = 1; k < width; k++) {
    const next = bytes[i + k] as number;
    if ((next & 0xc0) !== 0x80) return -1;
    point = (point << 6) | (next & 0x3f);
  }
  const isSurrogate = point >= 0xd800 && point <= 0xdfff;
  return widthOf(point) === width && !isSurrogate && point <= 0x10ffff ? point : -1;
}
