import { createRequire } from 'node:module';
import fc from 'fast-check';
import { crc32c } from './fast-crc';
import { encodeProduce, frameRequest, produceRequest, type Encoded, type ProduceFields } from './fast-produce';

const load = createRequire(__filename);
const original = load('kafkajs/src/protocol/requests/produce/v3/request.js') as Parameters<typeof produceRequest>[0];
const frame = load('kafkajs/src/protocol/request.js') as typeof frameRequest;
const NOW_MS = Date.UTC(2026, 0, 31, 12);

const bytes = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.uint8Array({ maxLength: 300 }).map((any) => Buffer.from(any)),
);
const message = fc.record(
  {
    key: fc.option(bytes),
    value: fc.option(bytes),
    headers: fc.dictionary(fc.string(), fc.oneof(bytes, fc.array(bytes, { maxLength: 3 }))),
  },
  { requiredKeys: ['value'] },
);
const partitions = fc.array(
  fc.record({ partition: fc.nat(9), firstSequence: fc.constant(0), messages: fc.array(message, { maxLength: 4 }) }),
  { maxLength: 3 },
);
const produced: fc.Arbitrary<ProduceFields> = fc.record({
  acks: fc.constantFrom(-1, 1),
  timeout: fc.nat(30_000),
  topicData: fc.array(fc.record({ topic: fc.string({ maxLength: 40 }), partitions }), { maxLength: 3 }),
});

describe('a produce request', () => {
  beforeEach(() => jest.spyOn(Date, 'now').mockReturnValue(NOW_MS));
  afterEach(() => jest.restoreAllMocks());

  it('has the bytes that kafkajs writes', async () => {
    await fc.assert(
      fc.asyncProperty(produced, async (fields) => {
        const theirs = (await original(fields).encode()).buffer;
        expect(encodeProduce(fields, NOW_MS).buffer.equals(theirs)).toBe(true);
      }),
    );
  });

  it('that has what we never send is left to kafkajs', async () => {
    const topicData = [{ topic: 't', partitions: [{ partition: 0, messages: [{ value: 'v', timestamp: '7' }] }] }];
    const fields = { acks: -1, timeout: 1, topicData };
    const theirs = (await original(fields).encode()).buffer;
    expect((await produceRequest(original)(fields).encode()).buffer.equals(theirs)).toBe(true);
    expect(encodeProduce(fields, NOW_MS).buffer.equals(theirs)).toBe(false);
  });

  it('is framed as kafkajs frames it', async () => {
    const payload = encodeProduce({ acks: -1, timeout: 1, topicData: [] }, NOW_MS);
    const request = { apiKey: 0, apiVersion: 7, encode: async (): Promise<Encoded> => payload };
    const framed = { correlationId: 70_000, clientId: 'séquenceur', request };
    expect((await frameRequest(framed)).buffer.equals((await frame(framed)).buffer)).toBe(true);
  });
});

describe('the checksum', () => {
  const original = load('kafkajs/src/protocol/recordBatch/crc32C/index.js') as typeof crc32c;

  it('is that of kafkajs, for any bytes and length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (any) => {
        expect(crc32c(Buffer.from(any))).toBe(original(Buffer.from(any)));
      }),
    );
  });

  it('is the known one of the usual check', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  });
});
