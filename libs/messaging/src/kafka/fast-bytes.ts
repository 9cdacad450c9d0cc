export type Bytes = Buffer | string | null | undefined;

/** Length as Kafka writes it: -1 for nothing. */
export const lengthOf = (bytes: Bytes): number =>
  bytes == null ? -1 : typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.length;

const zigZag = (value: number): number => ((value << 1) ^ (value >> 31)) >>> 0;

export function varIntSize(value: number): number {
  let rest = zigZag(value);
  let size = 1;
  for (; rest > 0x7f; rest >>>= 7) size++;
  return size;
}

/** Bytes of a field of a record: its length, and so many bytes. */
export const fieldSize = (length: number): number => varIntSize(length) + (length > 0 ? length : 0);

/** Below it a loop is faster than a call out of JavaScript. */
const SHORT = 40;

/** Writes one after another into a buffer that is large enough. */
export class Cursor {
  at = 0;
  constructor(readonly buf: Buffer) {}

  int8(value: number): void {
    this.at = this.buf.writeInt8(value, this.at);
  }

  int16(value: number): void {
    this.at = this.buf.writeInt16BE(value, this.at);
  }

  int32(value: number): void {
    this.at = this.buf.writeInt32BE(value, this.at);
  }

  int64(value: bigint): void {
    this.at = this.buf.writeBigInt64BE(value, this.at);
  }

  varInt(value: number): void {
    let rest = zigZag(value);
    for (; rest > 0x7f; rest >>>= 7) this.buf[this.at++] = (rest & 0x7f) | 0x80;
    this.buf[this.at++] = rest;
  }

  /** @param length of these bytes, by {@link lengthOf} */
  field(bytes: Bytes, length: number): void {
    this.varInt(length);
    if (bytes != null) this.put(bytes, length);
  }

  /** Text with its length before it, as everywhere outside of records. */
  text(text: string, length: number): void {
    this.int16(length);
    this.put(text, length);
  }

  put(bytes: Buffer | string, length: number): void {
    if (typeof bytes !== 'string') this.buf.set(bytes, this.at);
    else if (length !== bytes.length) this.buf.write(bytes, this.at, length, 'utf8');
    else if (length > SHORT) this.buf.write(bytes, this.at, length, 'latin1');
    else for (let i = 0; i < length; i++) this.buf[this.at + i] = bytes.charCodeAt(i);
    this.at += length;
  }
}
