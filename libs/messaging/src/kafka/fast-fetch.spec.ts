import { createRequire } from 'node:module';
import fc from 'fast-check';
import type { KafkaMessage } from 'kafkajs';
import { answerOf, batchBytes } from '../../spec/fetch-answer';
import { batchClass } from './fast-batch';
import { decodeFetch, fetchResponse } from './fast-fetch';
import { encodeProduce } from './fast-produce';
import { FetchedRecord, rawOf } from './fetched-record';

const load = createRequire(__filename);
const original = load('kafkajs/src/protocol/requests/fetch/v11/response.js') as Parameters<typeof fetchResponse>[0];
const Batch = load('kafkajs/src/consumer/batch.js') as Parameters<typeof batchClass>[0];

type Data = ConstructorParameters<typeof Batch>[2];
interface Read {
  readonly topicName: string;
  readonly partitions: readonly (Data & { readonly errorCode: number })[];
}
const readOf = async (decoded: unknown): Promise<readonly Read[]> =>
  ((await decoded) as { readonly responses: readonly Read[] }).responses;

const flat = async (decoded: unknown) =>
  (await readOf(decoded)).flatMap(({ topicName, partitions }) =>
    partitions.flatMap(({ partition, messages }) =>
      messages.map((message) => {
        const raw = rawOf({ topic: topicName, partition }, message as KafkaMessage);
        const { topic, partition: of, offset, key, value, headers, timestampMs } = raw;
        return { topic, partition: of, offset, key, value, headers, timestampMs };
      }),
    ),
  );
const onlyPartition = async (decoded: unknown): Promise<Data> => (await readOf(decoded))[0]?.partitions[0] as Data;

const bytes = fc.oneof(
  fc.string(),
  fc.uint8Array({ maxLength: 150 }).map((any) => Buffer.from(any)),
);
const header = fc.oneof(bytes, fc.constantFrom('application/json', 'é'), fc.array(bytes, { maxLength: 3 }));
const record = fc.record(
  {
    key: fc.option(bytes),
    value: fc.option(bytes),
    headers: fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('ce_id', 'ce_type', '\u00e9', 'valueOf')), header),
  },
  { requiredKeys: ['value'] },
);
const lying = fc.record({
  firstOffset: fc.integer({ min: 0, max: 2 ** 45 }),
  firstTimestamp: fc.integer({ min: 0, max: 2 ** 42 }),
  records: fc.array(record, { minLength: 1, maxLength: 5 }),
});

/** Of a produce request of one topic `t` and one partition: the rest is the record set. */
const BEFORE_THE_SET = 12 + 3 + 4 + 8;

describe('what a fetch brought', () => {
  it('is read as kafkajs reads it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(lying, { maxLength: 3 }), { maxLength: 4 }), async (sets) => {
        const partitions = await Promise.all(
          sets.map(async (batches) => ({ set: Buffer.concat(await Promise.all(batches.map(batchBytes))) })),
        );
        const raw = answerOf([{ topic: 't', partitions }]);
        expect(decodeFetch(raw)).not.toBeNull();
        expect(await flat(decodeFetch(raw))).toEqual(await flat(original.decode(raw)));
      }),
    );
  });

  it('has its headers alone, also under a name that every object has', async () => {
    const headers = { valueOf: 'a', toString: ['b', 'c'], constructor: '' } as never;
    const set = await batchBytes({ firstOffset: 5, firstTimestamp: 1, records: [{ value: 'a', headers }] });
    const raw = answerOf([{ topic: 't', partitions: [{ set }] }]);
    for (const read of [decodeFetch(raw), original.decode(raw)])
      expect((await flat(read))[0]?.headers).toEqual({ valueOf: 'a', toString: 'b\u0000c', constructor: '' });
  });

  it('takes no byte for the letter that has its number', async () => {
    const texts = ['\u00e9', Buffer.from([0xe9]), Buffer.from([0xc3, 0xa9])];
    const records = texts.map((h) => ({ value: 'a', headers: { h } }));
    const set = await batchBytes({ firstOffset: 5, firstTimestamp: 1, records });
    const raw = answerOf([{ topic: 't', partitions: [{ set }] }]);
    for (const read of [decodeFetch(raw), original.decode(raw)])
      expect((await flat(read)).map(({ headers }) => headers)).toEqual([{ h: 'é' }, { h: '\ufffd' }, { h: 'é' }]);
  });

  it('may end within a batch, which comes whole the next time', async () => {
    const whole = await batchBytes({ firstOffset: 5, firstTimestamp: 1, records: [{ value: 'a' }] });
    const cut = whole.subarray(0, whole.length - 3);
    const raw = answerOf([{ topic: 't', partitions: [{ set: Buffer.concat([whole, cut]) }] }]);
    expect((await flat(decodeFetch(raw))).map(({ offset }) => offset)).toEqual(['5']);
    expect(await flat(decodeFetch(raw))).toEqual(await flat(original.decode(raw)));
  });

  it('is without partitions that brought nothing, and with those that brought an error', async () => {
    const set = await batchBytes({ firstOffset: 0, firstTimestamp: 1, records: [{ value: 'a' }] });
    const nothing = { set: Buffer.alloc(0) };
    const raw = answerOf([
      { topic: 'empty', partitions: [nothing, nothing] },
      { topic: 't', partitions: [nothing, { set }, { set: Buffer.alloc(0), errorCode: 1 }] },
    ]);
    const responses = await readOf(decodeFetch(raw));
    expect(responses.map(({ topicName }) => topicName)).toEqual(['t']);
    expect(responses[0]?.partitions.map(({ partition, errorCode }) => [partition, errorCode])).toEqual([
      [1, 0],
      [2, 1],
    ]);
  });

  it('is left to kafkajs when it is compressed or of a transaction', async () => {
    const plain = { firstOffset: 0, firstTimestamp: 1, records: [{ value: 'a' }] };
    const compressed = await batchBytes({ ...plain, compression: 1 });
    const open = await batchBytes({ ...plain, transactional: true });
    for (const partition of [{ set: compressed }, { set: open }, { set: await batchBytes(plain), aborted: 7 }]) {
      const raw = answerOf([{ topic: 't', partitions: [partition] }]);
      expect(decodeFetch(raw)).toBeNull();
      expect(await flat(fetchResponse(original).decode(raw))).toEqual(await flat(original.decode(raw)));
    }
  });

  it('has no header with a value of null that could be taken for a text', async () => {
    // kafkajs cannot write one.
    const messages = [{ value: 'a', headers: { h: null as never } }];
    const topicData = [{ topic: 't', partitions: [{ partition: 0, messages }] }];
    const set = encodeProduce({ acks: 1, timeout: 1, topicData }, 1).buffer.subarray(BEFORE_THE_SET);
    const raw = answerOf([{ topic: 't', partitions: [{ set }] }]);
    for (const read of [decodeFetch(raw), original.decode(raw)])
      expect((await flat(read))[0]?.headers).toEqual({ h: '\u0000' });
  });
});

describe('a batch of what we decoded', () => {
  const told = (batch: InstanceType<typeof Batch>) => ({
    offsets: batch.messages.map((message) => (message as KafkaMessage).offset),
    ends: [batch.firstOffset(), batch.lastOffset(), batch.offsetLag(), batch.offsetLagLow(), batch.highWatermark],
    empty: [batch.isEmpty(), batch.isEmptyDueToFiltering(), batch.isEmptyIncludingFiltered()],
  });

  it('begins at the offset that was asked for, and tells the same as one of kafkajs', async () => {
    const values = Array.from({ length: 6 }, (_, i) => ({ value: String(i) }));
    const set = await batchBytes({ firstOffset: 100, firstTimestamp: 1, records: values });
    const raw = answerOf([{ topic: 't', partitions: [{ set }] }]);
    for (const asked of ['0', '100', '103', '105', '106']) {
      const ours = new (batchClass(Batch))('t', asked, await onlyPartition(decodeFetch(raw)));
      const theirs = new Batch('t', asked, await onlyPartition(original.decode(raw)));
      expect(told(ours)).toEqual(told(theirs));
      expect(ours).toBeInstanceOf(Batch);
    }
  });

  it('is made by kafkajs of what kafkajs decoded', async () => {
    const set = await batchBytes({ firstOffset: 1, firstTimestamp: 1, records: [{ value: 'a' }, { value: 'b' }] });
    const data = await onlyPartition(original.decode(answerOf([{ topic: 't', partitions: [{ set }] }])));
    const batch = new (batchClass(Batch))('t', '2', data);
    expect(batch.messages).toHaveLength(1);
    expect(batch.messages[0]).not.toBeInstanceOf(FetchedRecord);
  });
});
