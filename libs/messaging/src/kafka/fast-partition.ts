import type { ICustomPartitioner, Message, PartitionMetadata } from 'kafkajs';

const SEED = 0x9747b28c;
const M = 0x5bd1e995;
const mixed = (k: number): number => Math.imul(k ^ (k >>> 24), M);

/** The hash of Kafka's own producers (murmur2), 32 bits, signed: kafkajs computes the same with BigInts, at fifty times the cost. */
export function murmur2(key: Buffer | string): number {
  const data = typeof key === 'string' ? Buffer.from(key) : key;
  const whole = data.length & ~3;
  let h = SEED ^ data.length;
  for (let i = 0; i < whole; i += 4) h = Math.imul(h, M) ^ mixed(Math.imul(wordAt(data, i), M));
  const left = data.length - whole;
  if (left === 3) h ^= at(data, whole + 2) << 16;
  if (left >= 2) h ^= at(data, whole + 1) << 8;
  if (left >= 1) h = Math.imul(h ^ at(data, whole), M);
  h = Math.imul(h ^ (h >>> 13), M);
  return h ^ (h >>> 15);
}

const at = (data: Buffer, i: number): number => data[i] as number;
const wordAt = (data: Buffer, i: number): number =>
  at(data, i) | (at(data, i + 1) << 8) | (at(data, i + 2) << 16) | (at(data, i + 3) << 24);

/** Where each key lies: the same places as with kafkajs's own partitioner, since the order of a key lives in one partition. Every message of ours has a key. */
export const partitioner: ICustomPartitioner = () => {
  let [lastKey, lastHash] = ['', murmur2('')];
  return ({ message, partitionMetadata }) => {
    const key = message.key ?? '';
    // What one decision sends has one key, and comes one after another.
    if (key !== lastKey) [lastKey, lastHash] = [key as string, murmur2(key)];
    return (lastHash & 0x7fffffff) % partitionMetadata.length;
  };
};

interface Grouping {
  readonly topic: string;
  readonly partitionMetadata: PartitionMetadata[];
  readonly messages: readonly Message[];
  readonly partitioner: ReturnType<ICustomPartitioner>;
}

/** Messages by partition, in order. The original copies all of a partition's messages again for each one. */
export function groupMessagesPerPartition({ topic, partitionMetadata, messages, partitioner: partitionOf }: Grouping) {
  const groups: Record<number, Message[]> = {};
  if (partitionMetadata.length === 0) return groups;
  for (const message of messages) {
    const partition = partitionOf({ topic, partitionMetadata, message });
    (groups[partition] ??= []).push(message);
  }
  return groups;
}
