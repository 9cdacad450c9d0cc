import fc from 'fast-check';
import { Partitioners, type Message } from 'kafkajs';
import { groupMessagesPerPartition, partitioner } from './fast-partition';

const metadata = (count: number) =>
  Array.from({ length: count }, (_, partitionId) => ({ partitionId, leader: 1 }) as never);

describe('a key', () => {
  it('lies where the producers of Kafka put it, as text and as bytes', () => {
    const keys = fc.array(fc.oneof(fc.string(), fc.string({ unit: 'binary', maxLength: 60 })), { minLength: 1 });
    fc.assert(
      fc.property(keys, fc.integer({ min: 1, max: 50 }), (some, count) => {
        const [ours, theirs] = [partitioner(), Partitioners.DefaultPartitioner()];
        for (const text of [...some, ...some.slice(0, 1)]) {
          for (const key of [text, text, Buffer.from(text)]) {
            const message: Message = { key, value: null };
            const args = { topic: 't', partitionMetadata: metadata(count), message };
            expect(ours(args)).toBe(theirs(args));
          }
        }
      }),
    );
  });
});

describe('messages of one topic', () => {
  it('keep their order within each partition', () => {
    const messages = Array.from({ length: 100 }, (_, i): Message => ({ key: `k${i % 7}`, value: String(i) }));
    const partitionOf = partitioner();
    const groups = groupMessagesPerPartition({
      topic: 't',
      partitionMetadata: metadata(4),
      messages,
      partitioner: partitionOf,
    });
    expect(Object.values(groups).flat()).toHaveLength(100);
    for (const [partition, group] of Object.entries(groups)) {
      const wanted = messages.filter(
        (message) => partitionOf({ topic: 't', partitionMetadata: metadata(4), message }) === Number(partition),
      );
      expect(group).toEqual(wanted);
    }
  });
});
