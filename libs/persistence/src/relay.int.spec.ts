import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKafka, startPostgres, type Kafka, type Postgres } from '@causeway/lab';
import { allTopics, topicNames } from '@causeway/contracts';
import { createKafkaBus, Relay, type EventBus, type RawMessage } from '@causeway/messaging';
import { resultDraft, sealAs } from '../../messaging/spec/sample-messages';
import { openDatabase, type Database } from './database';
import { createOutboxStore, outboxMigration } from './outbox';

/** Outbox, relay and broker together, with a broker that dies and one that stops answering. Needs a broker of its own. */
jest.setTimeout(300_000);
let kafka: Kafka;
let postgres: Postgres;
let database: Database;
let bus: EventBus;
const arrived: RawMessage[] = [];

beforeAll(async () => {
  const dir = mkdtempSync(join(tmpdir(), 'causeway-relay-'));
  const say = (): void => undefined;
  [kafka, postgres] = await Promise.all([
    startKafka({ dir, say, isOwn: true }),
    startPostgres({ dir, say, durable: false }),
  ]);
  database = await openDatabase({ url: postgres.url, schema: `relay_${process.pid}`, migrations: [outboxMigration] });
});
beforeEach(async () => {
  arrived.length = 0;
  await database.query('truncate outbox');
  bus = createKafkaBus({ brokers: kafka.brokers.split(','), clientId: 'spec', prefix: `${randomUUID().slice(0, 8)}.` });
  await bus.ensureTopics(allTopics([]));
  await bus.consume({
    groupId: 'reader',
    topics: [topicNames.results],
    onBatch: (batch) => {
      arrived.push(...batch);
      return { accepted: Promise.resolve() };
    },
    onDead: (error) => {
      throw error;
    },
  });
});
afterEach(() => bus.close());
afterAll(async () => {
  await Promise.all([kafka.stop(), database.close().then(() => postgres.stop())]);
});

const KEYS = Array.from({ length: 5 }, () => randomUUID());
const idOf = (raw: RawMessage): string => raw.headers.ce_id ?? '';
const rowsLeft = async (): Promise<number> => (await database.query('select 1 from outbox')).length;

async function until(fact: () => boolean | Promise<boolean>, what: string, withinMs = 120_000): Promise<void> {
  for (const deadline = performance.now() + withinMs; !(await fact());) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Commits and enqueues ten messages every few milliseconds; tells the ids of each key in order. */
async function flow(
  relay: Relay,
  batches: number,
  during: (batch: number) => Promise<void> | void,
): Promise<Map<string, string[]>> {
  const store = createOutboxStore(database);
  const sent = new Map<string, string[]>(KEYS.map((key) => [key, []]));
  for (let batch = 0; batch < batches; batch++) {
    const sealed = sealAs(
      'executor-caddy',
      ...Array.from({ length: 10 }, (_, i) => resultDraft(KEYS[i % 5] as string, 'step', `${batch}`)),
    );
    relay.enqueue(await database.transaction((tx) => store.insert(tx, sealed)));
    sealed.forEach((message) => sent.get(message.key)?.push(message.id));
    await during(batch);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return sent;
}

async function mustAllArriveInOrder(sent: Map<string, string[]>): Promise<void> {
  const wanted = [...sent.values()].flat().length;
  await until(() => new Set(arrived.map(idOf)).size === wanted, `${wanted} messages`);
  for (const [key, ids] of sent) {
    expect([...new Set(arrived.filter((raw) => raw.key === key).map(idOf))]).toEqual(ids);
  }
  await until(async () => (await rowsLeft()) === 0, 'an empty outbox');
}

describe('the relay, with a broker', () => {
  it('that is killed in the middle and started again, loses nothing and keeps the order of every key', async () => {
    const relay = new Relay({ bus, store: createOutboxStore(database) });
    await relay.start();
    const sent = await flow(relay, 100, async (batch) => {
      if (batch === 30) await kafka.kill();
      if (batch !== 60) return;
      expect(relay.waiting()).toBeGreaterThan(0);
      void kafka.restart();
    });
    await mustAllArriveInOrder(sent);
    await relay.stop();
  });

  it('that takes messages in and does not answer in time, loses nothing: the same go again, by a new producer', async () => {
    const relay = new Relay({ bus, store: createOutboxStore(database) });
    await relay.start();
    const sent = await flow(relay, 60, async (batch) => {
      if (batch !== 20) return;
      kafka.pause();
      setTimeout(() => kafka.resume(), 12_000);
    });
    await until(() => relay.counts.failedSends > 0, 'a send past its deadline', 15_000);
    await mustAllArriveInOrder(sent);
    await relay.stop();
  });

  it('after a crash between commit and sending, sends what is in the table', async () => {
    const store = createOutboxStore(database);
    const left = sealAs('executor-caddy', ...['1', '2', '3'].map((rev) => resultDraft(KEYS[0] as string, 'step', rev)));
    await database.transaction((tx) => store.insert(tx, left));
    const relay = new Relay({ bus, store });
    await relay.start();
    await until(() => arrived.length >= 3, 'what was left', 10_000);
    expect(arrived.map(idOf)).toEqual(left.map(({ id }) => id));
    expect(arrived[0]?.headers).toMatchObject(left[0]!.headers);
    const unseen = sealAs('executor-caddy', resultDraft(KEYS[0] as string, 'step', '4'));
    await database.transaction((tx) => store.insert(tx, unseen));
    await until(() => arrived.length >= 4, 'the row nobody enqueued, by the sweep', 10_000);
    await relay.stop();
    expect(await rowsLeft()).toBe(0);
  });
});
