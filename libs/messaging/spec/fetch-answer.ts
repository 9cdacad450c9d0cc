import { createRequire } from 'node:module';

/** Bytes as a broker sends them, made with kafkajs's own encoders. */
const load = createRequire(__filename);

interface Encoder {
  writeInt16(value: number): Encoder;
  writeInt32(value: number): Encoder;
  writeInt64(value: number): Encoder;
  writeString(value: string): Encoder;
  writeBytes(value: Buffer): Encoder;
  readonly buffer: Buffer;
}
const NewEncoder = load('kafkajs/src/protocol/encoder.js') as new () => Encoder;
const recordOf = load('kafkajs/src/protocol/recordBatch/record/v0/index.js') as (fields: object) => unknown;
const { RecordBatch } = load('kafkajs/src/protocol/recordBatch/v0/index.js') as {
  RecordBatch(fields: object): Promise<{ readonly buffer: Buffer }>;
};

export interface Lying {
  readonly firstOffset: number;
  readonly firstTimestamp: number;
  readonly compression?: number;
  readonly transactional?: boolean;
  /** Key, value and headers; their times lie 3 ms apart. */
  readonly records: readonly object[];
}

export async function batchBytes({ firstOffset, records, ...more }: Lying): Promise<Buffer> {
  const encoded = records.map((record, i) => recordOf({ ...record, offsetDelta: i, timestampDelta: 3 * i }));
  const batch = { ...more, records: encoded, lastOffsetDelta: records.length - 1, maxTimestamp: more.firstTimestamp };
  const { buffer } = await RecordBatch(batch);
  buffer.writeBigInt64BE(BigInt(firstOffset), 0);
  return buffer;
}

export interface Answered {
  readonly topic: string;
  readonly partitions: readonly { readonly set: Buffer; readonly errorCode?: number; readonly aborted?: number }[];
}

/** A fetch response, version 11. */
export function answerOf(topics: readonly Answered[]): Buffer {
  const out = new NewEncoder().writeInt32(0).writeInt16(0).writeInt32(0).writeInt32(topics.length);
  for (const { topic, partitions } of topics) {
    out.writeString(topic).writeInt32(partitions.length);
    partitions.forEach(({ set, errorCode = 0, aborted }, partition) => {
      out.writeInt32(partition).writeInt16(errorCode).writeInt64(9_000_000_000).writeInt64(1).writeInt64(0);
      if (aborted === undefined) out.writeInt32(-1);
      else out.writeInt32(1).writeInt64(aborted).writeInt64(0);
      out.writeInt32(-1).writeBytes(set);
    });
  }
  return out.buffer;
}
