import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKafka, type Kafka } from '@causeway/lab';
import { allTopics, topicNames, type TopicSettings } from '@causeway/contracts';
import { Admin, CompressionCodecs, CompressionTypes, Kafka as RawKafka, logLevel, Partitioners } from 'kafkajs';
import { Account, consumeInto, until } from '../../spec/accounts';
import { intentDraft, resultDraft, sealAs } from '../../spec/sample-messages';
import type { EventBus, RawMessage } from '../bus';
import type { Sealed } from '../envelopes';
import { createKafkaBus } from './kafka-bus';

/** The adapter's conformance suite, on a real broker. Another client would have to pass it as it stands. */
jest.setTimeout(120_000);

let kafka: Kafka;
const buses: EventBus[] = [];
const logged: string[] = [];
const log = {
  debug() {},
  info() {},
  warn: (details: object, text: string) => logged.push(`${text} ${JSON.stringify(details)}`),
  error() {},
};

beforeAll(async () => {
  kafka = await startKafka({ dir: mkdtempSync(join(tmpdir(), 'causeway-bus-')), say: () => undefined });
});
afterAll(async () => {
  await Promise.all(buses.map((bus) => bus.close()));
  await kafka.stop();
});

const brokers = (): string[] => kafka.brokers.split(',');
function newBus(prefix: string): EventBus {
  const bus = createKafkaBus({ brokers: brokers(), clientId: 'spec', prefix, log });
  buses.push(bus);
  return bus;
}
async function freshTopics(change: (settings: TopicSettings) => TopicSettings = (same) => same) {
  const prefix = `${randomUUID().slice(0, 8)}.`;
  const bus = newBus(prefix);
  await bus.ensureTopics(allTopics(['caddy']).map(change));
  return { bus, prefix };
}
async function withAdmin<T>(use: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = new RawKafka({ brokers: brokers(), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}
const committed = (prefix: string, groupId: string, topic: string): Promise<number> =>
  withAdmin(async (admin) => {
    const [found] = await admin.fetchOffsets({ groupId: prefix + groupId, topics: [prefix + topic] });
    return found!.partitions.reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0);
  });
const results = (count: number, keys: number): Sealed[] => {
  const ids = Array.from({ length: keys }, () => randomUUID());
  return sealAs(
    'executor-caddy',
    ...Array.from({ length: count }, (_, i) => resultDraft(ids[i % keys] as string, 'step', String(i))),
  );
};

describe('10,000 messages', () => {
  it('all arrive, in order of their keys, while members of the group come and go', async () => {
    const { bus, prefix } = await freshTopics();
    const messages = results(10_000, 100);
    const account = new Account();
    const first = await consumeInto(bus, account, 'g', [topicNames.results]);
    for (let i = 0; i < messages.length; i += 500) {
      await bus.send(messages.slice(i, i + 500));
      if (i === 3_000) await consumeInto(newBus(prefix), account, 'g', [topicNames.results]);
      if (i === 6_000) await first.stop();
    }
    await until(() => account.distinct() === 10_000, `10,000 messages, ${account.distinct()} came`, 60_000);
    const marks = (await bus.watermarks([topicNames.results])).get(topicNames.results)!;
    const stored = marks.reduce((sum, { start, end }) => sum + Number(end - start), 0);
    expect({ stored, distinct: account.distinct() }).toEqual({ stored: 10_000, distinct: 10_000 });
    for (const key of new Set(messages.map((message) => message.key))) {
      expect(account.firstsOf(key)).toEqual(
        messages.filter((message) => message.key === key).map((message) => message.id),
      );
    }
    await until(async () => (await committed(prefix, 'g', topicNames.results)) === 10_000, 'all offsets committed');
  });
});

describe('offsets', () => {
  it('stay until the batch is accepted, and what was not accepted comes again', async () => {
    const { bus, prefix } = await freshTopics();
    const messages = results(50, 5);
    await bus.send(messages);
    let accept: () => void = () => undefined;
    const accepted = new Promise<void>((resolve) => (accept = resolve));
    const held = new Account();
    const consumption = await bus.consume({
      groupId: 'g',
      topics: [topicNames.results],
      onBatch: (batch) => {
        held.take(batch);
        return { accepted };
      },
      onDead: () => undefined,
    });
    await until(() => held.distinct() === 50, 'everything handed over');
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await committed(prefix, 'g', topicNames.results)).toBe(0);
    await consumption.stop(50);
    expect(await committed(prefix, 'g', topicNames.results)).toBe(0);
    accept();
    const again = new Account();
    const second = await consumeInto(bus, again, 'g', [topicNames.results]);
    await until(() => again.distinct() === 50, 'everything again');
    await second.stop();
    expect(await committed(prefix, 'g', topicNames.results)).toBe(50);
  });
});

describe('a transaction that was aborted', () => {
  it('at the end of a partition is committed past, so that nobody seems to stand still before it', async () => {
    const { bus, prefix } = await freshTopics();
    const client = new RawKafka({ brokers: brokers(), logLevel: logLevel.NOTHING });
    const createPartitioner = Partitioners.DefaultPartitioner;
    const producer = client.producer({ createPartitioner, transactionalId: prefix, maxInFlightRequests: 1 });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic: prefix + topicNames.ledger, messages: [{ key: 'k', value: 'never' }] });
    await transaction.abort();
    await producer.disconnect();
    const account = new Account();
    await consumeInto(bus, account, 'g', [topicNames.ledger]);
    // The message and the mark of its end.
    await until(async () => (await committed(prefix, 'g', topicNames.ledger)) === 2, 'committed up to the end');
    expect(account.raws).toEqual([]);
  });
});

describe('a handler that takes long', () => {
  it('delays no other topic and no other partition', async () => {
    const { bus } = await freshTopics();
    const slow = new Promise<void>((resolve) => setTimeout(resolve, 10_000));
    const seen: string[] = [];
    await bus.consume({
      groupId: 'g',
      topics: [topicNames.results, topicNames.intents],
      onBatch: (batch) => {
        seen.push(...batch.map((raw: RawMessage) => `${raw.topic}/${raw.partition}`));
        return { accepted: batch[0]!.topic === topicNames.results ? slow : Promise.resolve() };
      },
      onDead: () => undefined,
    });
    await bus.send(results(1, 1));
    await until(() => seen.length === 1, 'the slow one is taken');
    const startedAt = performance.now();
    await bus.send([...sealAs('console', intentDraft('a')), ...results(100, 50)]);
    await until(() => new Set(seen).size >= 5, 'every other partition');
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it('is given no more than fits memory: its partition pauses, and goes on afterwards', async () => {
    const { bus } = await freshTopics();
    const messages = results(12_000, 1);
    for (let i = 0; i < messages.length; i += 500) await bus.send(messages.slice(i, i + 500));
    const account = new Account();
    let accept: () => void = () => undefined;
    const accepted = new Promise<void>((resolve) => (accept = resolve));
    await bus.consume({
      groupId: 'g',
      topics: [topicNames.results],
      onBatch: (batch) => {
        account.take(batch);
        return { accepted };
      },
      onDead: () => undefined,
    });
    await until(() => account.raws.length > 3_000, 'a good part');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(account.raws.length).toBeLessThan(9_000);
    accept();
    await until(() => account.distinct() === 12_000, 'the rest');
  });
});

describe('topics', () => {
  it('are made as declared, and one that differs is told and left as it is', async () => {
    const { bus, prefix } = await freshTopics((topic) =>
      topic.name === topicNames.intents ? { ...topic, retentionMs: 60_000, maxMessageBytes: 2_000_000 } : topic,
    );
    logged.length = 0;
    await bus.ensureTopics(allTopics(['caddy']));
    expect(logged.filter((line) => line.includes('another setting'))).toHaveLength(2);
    const config = await withAdmin((admin) =>
      admin.describeConfigs({
        includeSynonyms: false,
        resources: [
          {
            type: 2,
            name: prefix + topicNames.intents,
            configNames: ['retention.ms', 'max.message.bytes', 'message.timestamp.type', 'compression.type'],
          },
        ],
      }),
    );
    const found = Object.fromEntries(
      config.resources[0]!.configEntries.map((entry) => [entry.configName, entry.configValue]),
    );
    expect(found).toEqual({
      'retention.ms': '60000',
      'max.message.bytes': '2000000',
      // Whatever a producer's clock says.
      'message.timestamp.type': 'LogAppendTime',
      // Whatever a publisher compresses with.
      'compression.type': 'uncompressed',
    });
    expect((await bus.watermarks([topicNames.ledger, topicNames.results])).get(topicNames.ledger)).toEqual([
      { partition: 0, start: 0n, end: 0n },
    ]);
  });

  it('may be made by many services at once', async () => {
    const prefix = `${randomUUID().slice(0, 8)}.`;
    await Promise.all([1, 2, 3, 4].map(() => newBus(prefix).ensureTopics(allTopics(['caddy', 'unleash']))));
    const names = await withAdmin((admin) => admin.listTopics());
    expect(names.filter((name) => name.startsWith(prefix))).toHaveLength(allTopics(['caddy', 'unleash']).length);
  });

  it('hand over what is larger than any message may be, if they let it in', async () => {
    const { bus, prefix } = await freshTopics((topic) => ({ ...topic, maxMessageBytes: 4_000_000 }));
    const producer = new RawKafka({ brokers: brokers(), logLevel: logLevel.NOTHING }).producer({
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    await producer.send({
      topic: prefix + topicNames.intents,
      messages: [
        { key: 'k', value: Buffer.alloc(1_000_000, 'x') },
        { key: null, value: null },
      ],
    });
    await producer.disconnect();
    const account = new Account();
    await consumeInto(bus, account, 'g', [topicNames.intents]);
    await until(() => account.raws.length === 2, 'both');
    expect(account.raws.map((raw) => raw.value?.length ?? null).sort()).toEqual([1_000_000, null]);
  });

  it('hand over what was compressed on its way in to readers that cannot open it', async () => {
    const { bus, prefix } = await freshTopics();
    const producer = new RawKafka({ brokers: brokers(), logLevel: logLevel.NOTHING }).producer({
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    const messages = Array.from({ length: 10 }, (_, i) => ({ key: 'k', value: `${i}`.repeat(1_000) }));
    await producer.send({ topic: prefix + topicNames.intents, compression: CompressionTypes.GZIP, messages });
    await producer.disconnect();
    const gzip = CompressionCodecs[CompressionTypes.GZIP];
    CompressionCodecs[CompressionTypes.GZIP] = () => {
      throw new Error('this reader has no such codec');
    };
    try {
      const account = new Account();
      await consumeInto(bus, account, 'g', [topicNames.intents]);
      await until(() => account.raws.length === 10, 'all of the batch');
      expect(account.raws.map((raw) => String(raw.value))).toEqual(messages.map(({ value }) => value));
    } finally {
      CompressionCodecs[CompressionTypes.GZIP] = gzip;
    }
  });
});
