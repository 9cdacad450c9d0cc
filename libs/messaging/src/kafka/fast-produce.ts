import type { Message } from 'kafkajs';
import { Cursor, fieldSize, lengthOf, varIntSize, type Bytes } from './fast-bytes';
import { crc32c } from './fast-crc';

/**
 * A produce request in one buffer, written once: kafkajs makes an encoder of 512 bytes for every header of every message and copies
 * each record six times on its way into the request. Same bytes out (a test compares them).
 */
export interface ProduceFields {
  readonly acks: number;
  readonly timeout: number;
  readonly transactionalId?: string | null;
  readonly compression?: number;
  readonly topicData: readonly { readonly topic: string; readonly partitions: readonly PartitionFields[] }[];
}

interface PartitionFields {
  readonly partition: number;
  readonly firstSequence?: number;
  readonly messages: readonly Message[];
}

/** What kafkajs reads of an encoder. */
export interface Encoded {
  readonly buf: Buffer;
  readonly buffer: Buffer;
}

interface ProduceRequest {
  encode(): Promise<Encoded>;
}
type MakesRequest = (fields: ProduceFields) => ProduceRequest;

/** Takes over what we send; transactions, compression and timestamps given by the sender stay with the original. */
export const produceRequest =
  (original: MakesRequest): MakesRequest =>
  (fields) => {
    const request = original(fields);
    if (isOurs(fields)) request.encode = async () => encodeProduce(fields, Date.now());
    return request;
  };

const isOurs = ({ transactionalId, compression, topicData }: ProduceFields): boolean =>
  transactionalId == null &&
  !compression &&
  topicData.every(({ partitions }) => partitions.every(({ messages }) => messages.every((m) => m.timestamp == null)));

const BATCH_HEAD_BYTES = 61;
/** Of a batch, from where the checksum covers it. */
const COVERED_FROM = 21;
const MAGIC = 2;
const NO_PRODUCER = -1n;

/** A partition's records with the lengths of all their fields, in the order they are written. */
interface Measured {
  readonly fields: PartitionFields;
  readonly records: readonly MeasuredRecord[];
  readonly bytes: number;
}

interface MeasuredRecord {
  /** Without its own length. */
  readonly bytes: number;
  /** Key, value, then name and value of each header. */
  readonly parts: readonly Bytes[];
  readonly lengths: readonly number[];
}

export function encodeProduce({ acks, timeout, topicData }: ProduceFields, nowMs: number): Encoded {
  const topics = topicData.map(({ topic, partitions }) => ({ topic, partitions: partitions.map(measured) }));
  let bytes = 2 + 2 + 4 + 4;
  for (const { topic, partitions } of topics) {
    bytes += 2 + Buffer.byteLength(topic) + 4;
    for (const partition of partitions) bytes += 4 + 4 + partition.bytes;
  }
  const out = new Cursor(Buffer.allocUnsafe(bytes));
  out.int16(-1);
  out.int16(acks);
  out.int32(timeout);
  out.int32(topics.length);
  for (const { topic, partitions } of topics) {
    const length = Buffer.byteLength(topic);
    out.text(topic, length);
    out.int32(partitions.length);
    for (const partition of partitions) writePartition(out, partition, BigInt(nowMs));
  }
  return { buf: out.buf, buffer: out.buf };
}

function measured(fields: PartitionFields): Measured {
  const records = fields.messages.map(measuredRecord);
  let bytes = BATCH_HEAD_BYTES;
  for (const record of records) bytes += varIntSize(record.bytes) + record.bytes;
  return { fields, records, bytes };
}

function measuredRecord({ key, value, headers = {} }: Message, offsetDelta: number): MeasuredRecord {
  const parts: Bytes[] = [key, value];
  for (const name in headers) {
    const header = headers[name];
    if (Array.isArray(header)) for (const one of header) parts.push(name, one);
    else parts.push(name, header);
  }
  const lengths: number[] = [];
  // Attributes and the difference of time, a byte each.
  let bytes = 2 + varIntSize(offsetDelta) + varIntSize(parts.length / 2 - 1);
  for (const part of parts) {
    const length = lengthOf(part);
    lengths.push(length);
    bytes += fieldSize(length);
  }
  return { bytes, parts, lengths };
}

function writePartition(out: Cursor, { fields, records, bytes }: Measured, nowMs: bigint): void {
  out.int32(fields.partition);
  out.int32(bytes);
  const start = out.at;
  out.int64(0n);
  out.int32(bytes - 12);
  out.int32(0);
  out.int8(MAGIC);
  out.int32(0); // the checksum's place
  out.int16(0);
  out.int32(records.length - 1);
  out.int64(nowMs);
  out.int64(nowMs);
  out.int64(NO_PRODUCER);
  out.int16(0);
  out.int32(fields.firstSequence ?? 0);
  out.int32(records.length);
  records.forEach((record, i) => writeRecord(out, record, i));
  out.buf.writeUInt32BE(crc32c(out.buf.subarray(start + COVERED_FROM, out.at)), start + COVERED_FROM - 4);
}

function writeRecord(out: Cursor, { bytes, parts, lengths }: MeasuredRecord, offsetDelta: number): void {
  out.varInt(bytes);
  out.int8(0);
  out.varInt(0);
  out.varInt(offsetDelta);
  out.field(parts[0], lengths[0] as number);
  out.field(parts[1], lengths[1] as number);
  out.varInt(parts.length / 2 - 1);
  for (let i = 2; i < parts.length; i++) out.field(parts[i], lengths[i] as number);
}

interface Framed {
  readonly correlationId: number;
  readonly clientId: string;
  readonly request: { readonly apiKey: number; readonly apiVersion: number; encode(): Promise<Encoded> };
}

/** A request with its head and length before it, copied once instead of growing twice. */
export async function frameRequest({ correlationId, clientId, request }: Framed): Promise<Encoded> {
  const payload = (await request.encode()).buffer;
  const name = Buffer.byteLength(clientId);
  const out = new Cursor(Buffer.allocUnsafe(4 + 10 + name + payload.length));
  out.int32(10 + name + payload.length);
  out.int16(request.apiKey);
  out.int16(request.apiVersion);
  out.int32(correlationId);
  out.text(clientId, name);
  out.put(payload, payload.length);
  return { buf: out.buf, buffer: out.buf };
}
