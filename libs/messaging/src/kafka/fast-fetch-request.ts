import { Cursor } from './fast-bytes';
import type { Encoded } from './fast-produce';

/** A request for all partitions of a member in one buffer: kafkajs makes an encoder of 512 bytes for each partition, with two BigInts. */
export interface FetchFields {
  readonly replicaId: number;
  readonly maxWaitTime: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly isolationLevel?: number;
  readonly sessionId?: number;
  readonly sessionEpoch?: number;
  readonly rackId?: string;
  readonly forgottenTopics?: readonly unknown[];
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly FetchedFrom[] }[];
}

interface FetchedFrom {
  readonly partition: number;
  readonly currentLeaderEpoch?: number;
  /** Decimal. */
  readonly fetchOffset: string;
  readonly logStartOffset?: number;
  readonly maxBytes: number;
}

type MakesRequest = (fields: FetchFields) => { encode(): Promise<Encoded> };

export const fetchRequest =
  (original: MakesRequest): MakesRequest =>
  (fields) => {
    const request = original(fields);
    if (!fields.forgottenTopics?.length) request.encode = async () => encodeFetch(fields);
    return request;
  };

const READ_COMMITTED = 1;
const HEAD_BYTES = 4 * 4 + 1 + 2 * 4 + 4;
const PARTITION_BYTES = 4 + 4 + 8 + 8 + 4;

export function encodeFetch(fields: FetchFields): Encoded {
  const { topics, rackId = '' } = fields;
  const names = topics.map(({ topic }) => Buffer.byteLength(topic));
  const rackLength = Buffer.byteLength(rackId);
  let bytes = HEAD_BYTES + 4 + 2 + rackLength;
  topics.forEach(({ partitions }, i) => (bytes += 2 + (names[i] as number) + 4 + PARTITION_BYTES * partitions.length));
  const out = new Cursor(Buffer.allocUnsafe(bytes));
  for (const field of [fields.replicaId, fields.maxWaitTime, fields.minBytes, fields.maxBytes]) out.int32(field);
  out.int8(fields.isolationLevel ?? READ_COMMITTED);
  out.int32(fields.sessionId ?? 0);
  out.int32(fields.sessionEpoch ?? -1);
  out.int32(topics.length);
  topics.forEach(({ topic, partitions }, i) => {
    out.text(topic, names[i] as number);
    out.int32(partitions.length);
    for (const one of partitions) writePartition(out, one);
  });
  out.int32(0);
  out.text(rackId, rackLength);
  return { buf: out.buf, buffer: out.buf };
}

function writePartition(out: Cursor, one: FetchedFrom): void {
  out.int32(one.partition);
  out.int32(one.currentLeaderEpoch ?? -1);
  out.int64(BigInt(one.fetchOffset));
  out.int64(BigInt(one.logStartOffset ?? -1));
  out.int32(one.maxBytes);
}
