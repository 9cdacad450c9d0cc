import type { KafkaMessage } from 'kafkajs';
import type { RawMessage } from '../bus';

/** Reads one after another from a buffer. Past the end it reads zeros and goes on: whoever reads checks where it came to. */
export class Reader {
  constructor(
    readonly buf: Buffer,
    public at: number,
  ) {}

  varInt(): number {
    let rest = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.buf[this.at++] ?? 0;
      rest |= (byte & 0x7f) << shift;
      if (byte < 0x80 || shift > 28) break;
    }
    return (rest >>> 1) ^ -(rest & 1);
  }

  /** Up to 2^53. */
  varLong(): number {
    let rest = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.buf[this.at++] ?? 0;
      rest += (byte & 0x7f) * factor;
      if (byte < 0x80 || factor > 2 ** 56) break;
    }
    return rest % 2 === 0 ? rest / 2 : -(rest + 1) / 2;
  }
}

/** A value that is null equals no text, and neither does one that came twice. */
const NO_TEXT = '\u0000';
export const together = (before: string | undefined, value: string | null): string =>
  before === undefined ? (value ?? NO_TEXT) : `${before}${NO_TEXT}${value ?? ''}`;

/** A header may be called `valueOf`, which every object has. */
function put(headers: Record<string, string>, name: string, value: string | null): void {
  headers[name] = together(Object.hasOwn(headers, name) ? headers[name] : undefined, value);
}

/** What stood at this place of the header list of the record before: mostly the same name, often the same value, and then no new string. */
interface Seen {
  name: string;
  value: string;
}
const PLACES = 16;
const seen: readonly Seen[] = Array.from({ length: PLACES }, () => ({ name: '', value: '' }));
const passing: Seen = { name: '', value: '' };

/** The text of these bytes; `like` itself when that is what they say. Only ASCII is told byte by byte: a lone byte of 0xE9 is no é. */
function textAt(buf: Buffer, from: number, length: number, like: string): string {
  let i = like.length === length ? 0 : -1;
  if (i === 0) while (i < length && isAscii(buf[from + i], like.charCodeAt(i))) i++;
  return i === length ? like : buf.toString('utf8', from, from + length);
}
const isAscii = (byte: number | undefined, code: number): boolean => byte === code && code < 0x80;

function readHeaders(buf: Buffer, from: number, to: number): Record<string, string> {
  const reader = new Reader(buf, from);
  const headers: Record<string, string> = {};
  const count = reader.varInt();
  for (let i = 0; i < count && reader.at < to; i++) {
    const place = seen[i] ?? passing;
    const nameLength = reader.varInt();
    if (nameLength < 0) break;
    place.name = textAt(buf, reader.at, nameLength, place.name);
    reader.at += nameLength;
    const length = reader.varInt();
    let value: string | null = null;
    if (length >= 0) {
      value = textAt(buf, reader.at, length, place.value);
      // Long ones are never the same, and would be kept.
      if (length < 100) place.value = value;
      reader.at += length;
    }
    put(headers, place.name, value);
  }
  return headers;
}

/**
 * A record of a fetch, as a raw message: what nobody asks for is not taken out of the bytes.
 * kafkajs takes it for a message of its own, of which it reads the offset and little else.
 */
export class FetchedRecord implements RawMessage {
  topic = '';
  partition = 0;
  topicId: string | undefined = undefined;
  /** For kafkajs: transactions and their marks go another way. */
  readonly isControlRecord = false;
  readonly batchContext = NO_TRANSACTION;
  private ownKey: string | null | undefined = undefined;
  private ownHeaders: Record<string, string> | undefined = undefined;

  constructor(
    private readonly buf: Buffer,
    /** Where the key's bytes begin, and how many there are; -1: it has none. */
    private readonly keyAt: number,
    private readonly keyLength: number,
    readonly value: Buffer | null,
    private readonly headersAt: number,
    private readonly end: number,
    readonly place: number,
    readonly timestampMs: number,
  ) {}

  get offset(): string {
    return String(this.place);
  }

  get key(): string | null {
    const { buf, keyAt, keyLength } = this;
    if (this.ownKey === undefined) this.ownKey = keyLength < 0 ? null : buf.toString('utf8', keyAt, keyAt + keyLength);
    return this.ownKey;
  }

  get headers(): Record<string, string> {
    return (this.ownHeaders ??= readHeaders(this.buf, this.headersAt, this.end));
  }
}

const NO_TRANSACTION = { producerId: '-1', inTransaction: false };

type Origin = Pick<RawMessage, 'topic' | 'partition' | 'topicId'>;

/** A message that kafkajs hands over, whoever decoded it. */
export function rawOf(origin: Origin, message: KafkaMessage | FetchedRecord): RawMessage {
  if (!(message instanceof FetchedRecord)) return rawOfKafkajs(origin, message);
  message.topic = origin.topic;
  message.partition = origin.partition;
  message.topicId = origin.topicId;
  return message;
}

function rawOfKafkajs(origin: Origin, message: KafkaMessage): RawMessage {
  const headers: Record<string, string> = {};
  for (const name in message.headers) {
    const all = message.headers[name];
    if (all === undefined) continue;
    for (const one of (Array.isArray(all) ? all : [all]) as (Buffer | string | null | (() => unknown))[])
      // kafkajs takes what every object has for a value before the first.
      if (typeof one !== 'function') put(headers, name, one?.toString() ?? null);
  }
  return {
    ...origin,
    offset: message.offset,
    key: message.key === null ? null : message.key.toString('utf8'),
    value: message.value,
    headers,
    timestampMs: Number(message.timestamp),
  };
}
