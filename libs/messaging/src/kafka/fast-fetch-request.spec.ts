import { createRequire } from 'node:module';
import fc from 'fast-check';
import { encodeFetch, fetchRequest } from './fast-fetch-request';

const load = createRequire(__filename);
const original = load('kafkajs/src/protocol/requests/fetch/v11/request.js') as Parameters<typeof fetchRequest>[0];

const partition = fc.record({
  partition: fc.nat(100),
  fetchOffset: fc.bigInt({ min: -2n, max: 2n ** 62n }).map(String),
  maxBytes: fc.nat(2 ** 30),
});
const asked = fc.record(
  {
    replicaId: fc.constant(-1),
    maxWaitTime: fc.nat(30_000),
    minBytes: fc.nat(10),
    maxBytes: fc.nat(2 ** 30),
    isolationLevel: fc.constantFrom(0, 1),
    rackId: fc.string({ maxLength: 10 }),
    topics: fc.array(
      fc.record({ topic: fc.string({ maxLength: 60 }), partitions: fc.array(partition, { maxLength: 5 }) }),
      { maxLength: 5 },
    ),
  },
  { requiredKeys: ['replicaId', 'maxWaitTime', 'minBytes', 'maxBytes', 'topics'] },
);

describe('a fetch request', () => {
  it('has the bytes that kafkajs writes', async () => {
    await fc.assert(
      fc.asyncProperty(asked, async (fields) => {
        const theirs = (await original(fields).encode()).buffer;
        expect(encodeFetch(fields).buffer.equals(theirs)).toBe(true);
      }),
    );
  });

  it('that forgets topics is left to kafkajs', async () => {
    const some = { replicaId: -1, maxWaitTime: 1, minBytes: 1, maxBytes: 1, topics: [] };
    const fields = { ...some, forgottenTopics: [{ topic: 't', partitions: [1] }] };
    const theirs = (await original(fields).encode()).buffer;
    expect((await fetchRequest(original)(fields).encode()).buffer.equals(theirs)).toBe(true);
    expect(encodeFetch(fields).buffer.equals(theirs)).toBe(false);
  });
});
