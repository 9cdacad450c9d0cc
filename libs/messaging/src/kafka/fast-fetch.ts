import { FetchedRecord, Reader } from './fetched-record';

/**
 * A fetch's answer read in one pass, a record an object. kafkajs makes some forty objects of one record of ours, among them a copy of all
 * headers for each header, and a batch with its promises for each partition, also for those that brought nothing.
 * What we never send (compression, transactions, old formats) the original reads.
 */
interface Partition {
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: string;
  readonly lastStableOffset: string;
  readonly lastStartOffset: string;
  readonly abortedTransactions: readonly never[];
  readonly preferredReadReplica: number;
  readonly messages: readonly FetchedRecord[];
}

interface FetchAnswer {
  readonly throttleTime: number;
  readonly clientSideThrottleTime: number;
  readonly errorCode: number;
  readonly sessionId: number;
  readonly responses: readonly { readonly topicName: string; readonly partitions: readonly Partition[] }[];
}

interface Response {
  decode(raw: Buffer): Promise<unknown>;
  readonly parse: unknown;
}

export const fetchResponse = (original: Response): Response => ({
  ...original,
  decode: async (raw) => decodeFetch(raw) ?? original.decode(raw),
});

/** Null: there is something in it that is not ours to read. */
export function decodeFetch(raw: Buffer): FetchAnswer | null {
  const input = new Input(raw);
  const clientSideThrottleTime = input.int32();
  const errorCode = input.int16();
  const sessionId = input.int32();
  const responses: { topicName: string; partitions: Partition[] }[] = [];
  for (let topics = input.int32(); topics > 0; topics--) {
    const topicName = input.text();
    const partitions: Partition[] = [];
    for (let count = input.int32(); count > 0; count--) {
      if (skipUnchanged(input)) continue;
      const partition = readPartition(input);
      if (partition === null) return null;
      if (hasNews(partition)) partitions.push(partition);
    }
    if (partitions.length > 0) responses.push({ topicName, partitions });
  }
  // The broker says how long it wants to be left alone; it waits on its own side already.
  return { throttleTime: 0, clientSideThrottleTime, errorCode, sessionId, responses };
}

const hasNews = ({ messages, errorCode, preferredReadReplica }: Partition): boolean =>
  messages.length > 0 || errorCode !== 0 || preferredReadReplica !== -1;

/** From the first partition's number to the size of its batches; the number of aborted transactions is four bytes before the replica. */
const PARTITION = { errorCode: 4, aborted: 30, replica: 34, size: 38, bytes: 42 };

/** Most partitions of most answers have nothing new: gone past without a look at their offsets. */
function skipUnchanged(input: Input): boolean {
  const { buf, at } = input;
  const isUnchanged =
    buf.readInt16BE(at + PARTITION.errorCode) === 0 &&
    buf.readInt32BE(at + PARTITION.aborted) <= 0 &&
    buf.readInt32BE(at + PARTITION.replica) === -1 &&
    buf.readInt32BE(at + PARTITION.size) <= 0;
  if (isUnchanged) input.at += PARTITION.bytes;
  return isUnchanged;
}

const NOTHING_ABORTED: readonly never[] = [];

function readPartition(input: Input): Partition | null {
  const partition = input.int32();
  const errorCode = input.int16();
  const highWatermark = input.int64();
  const lastStableOffset = input.int64();
  const lastStartOffset = input.int64();
  if (input.int32() > 0) return null;
  const preferredReadReplica = input.int32();
  const size = Math.max(0, input.int32());
  const messages = readBatches(input.buf, input.at, input.at + size);
  input.at += size;
  if (messages === null) return null;
  return {
    partition,
    errorCode,
    highWatermark: String(highWatermark),
    lastStableOffset: String(lastStableOffset),
    lastStartOffset: String(lastStartOffset),
    abortedTransactions: NOTHING_ABORTED,
    preferredReadReplica,
    messages,
  };
}

/** Fields of a record batch, bytes from its beginning (Kafka protocol, message format 2). */
const AT = { length: 8, magic: 16, attributes: 21, firstTime: 27, maxTime: 35, count: 57, records: 61 };
/** Compression, transaction and control record. */
const NOT_OURS = 0x37;
const TIME_OF_APPEND = 0x08;

function readBatches(buf: Buffer, from: number, to: number): FetchedRecord[] | null {
  const records: FetchedRecord[] = [];
  for (let at = from; at + AT.records <= to;) {
    const end = at + AT.magic - 4 + buf.readInt32BE(at + AT.length);
    // The broker cuts the last batch where its limit of bytes is: it comes whole with the next fetch.
    if (end > to) break;
    if (end < at + AT.records) return null;
    if (buf[at + AT.magic] !== 2 || buf.readInt16BE(at + AT.attributes) & NOT_OURS) return null;
    if (!readRecords(buf, at, end, records)) return null;
    at = end;
  }
  return records;
}

function readRecords(buf: Buffer, at: number, end: number, into: FetchedRecord[]): boolean {
  const first = int64At(buf, at);
  const isAppendTime = (buf.readInt16BE(at + AT.attributes) & TIME_OF_APPEND) !== 0;
  const time = int64At(buf, at + (isAppendTime ? AT.maxTime : AT.firstTime));
  const reader = new Reader(buf, at + AT.records);
  for (let count = buf.readInt32BE(at + AT.count); count > 0; count--) {
    const length = reader.varInt();
    const next = reader.at + length;
    if (length < 0 || next > end) return false;
    reader.at++;
    const timeDelta = reader.varLong();
    const place = first + reader.varInt();
    const keyLength = reader.varInt();
    const keyAt = reader.at;
    reader.at += Math.max(0, keyLength);
    const valueLength = reader.varInt();
    const value = valueLength < 0 ? null : buf.subarray(reader.at, reader.at + valueLength);
    reader.at += Math.max(0, valueLength);
    if (reader.at > next || place > Number.MAX_SAFE_INTEGER) return false;
    const timeMs = isAppendTime ? time : time + timeDelta;
    into.push(new FetchedRecord(buf, keyAt, keyLength, value, reader.at, next, place, timeMs));
    reader.at = next;
  }
  return true;
}

const int64At = (buf: Buffer, at: number): number => buf.readInt32BE(at) * 2 ** 32 + buf.readUInt32BE(at + 4);

class Input {
  at = 0;
  constructor(readonly buf: Buffer) {}

  int16(): number {
    this.at += 2;
    return this.buf.readInt16BE(this.at - 2);
  }

  int32(): number {
    this.at += 4;
    return this.buf.readInt32BE(this.at - 4);
  }

  int64(): number {
    this.at += 8;
    return int64At(this.buf, this.at - 8);
  }

  text(): string {
    const length = Math.max(0, this.int16());
    this.at += length;
    return this.buf.toString('utf8', this.at - length, this.at);
  }
}
