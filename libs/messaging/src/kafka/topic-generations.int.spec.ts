import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKafka, type Kafka } from '@causeway/lab';
import { allTopics, topicNames } from '@causeway/contracts';
import { Kafka as RawKafka, logLevel, type Admin } from 'kafkajs';
import { Account, consumeInto, until } from '../../spec/accounts';
import { resultDraft, sealAs } from '../../spec/sample-messages';
import type { EventBus } from '../bus';
import type { Sealed } from '../envelopes';
import { createKafkaBus } from './kafka-bus';

/** Topics that are deleted and made anew under whoever reads them, on a real broker. */
jest.setTimeout(120_000);

/** kafkajs may give its consumer up while the topic is gone; the next one waits for the session of the last. */
const ANEW_MS = 60_000;
const TOPIC = topicNames.results;
let kafka: Kafka;
let bus: EventBus;
let admin: Admin;
let prefix: string;
const opened: EventBus[] = [];

beforeAll(async () => {
  kafka = await startKafka({ dir: mkdtempSync(join(tmpdir(), 'causeway-anew-')), say: () => undefined });
  admin = new RawKafka({ brokers: kafka.brokers.split(','), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
});
afterAll(async () => {
  await admin.disconnect();
  await kafka.stop();
});
beforeEach(async () => {
  prefix = `${randomUUID().slice(0, 8)}.`;
  bus = newBus();
  await bus.ensureTopics(allTopics(['caddy']));
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

function newBus(): EventBus {
  const made = createKafkaBus({ brokers: kafka.brokers.split(','), clientId: 'spec', prefix });
  opened.push(made);
  return made;
}
/** All of one key, so of one partition. */
const results = (count: number): Sealed[] => {
  const id = randomUUID();
  return sealAs('executor-caddy', ...Array.from({ length: count }, (_, i) => resultDraft(id, 'step', String(i))));
};
const sameKey = (count: number, { key }: Sealed): Sealed[] => results(count).map((one) => ({ ...one, key }));

async function makeAnew(): Promise<void> {
  await admin.deleteTopics({ topics: [prefix + TOPIC] });
  await until(async () => !(await admin.listTopics()).includes(prefix + TOPIC), 'the topic is gone');
  await newBus().ensureTopics(allTopics(['caddy']));
}
const committed = async (): Promise<number> => {
  const [found] = await admin.fetchOffsets({ groupId: `${prefix}g`, topics: [prefix + TOPIC] });
  return found!.partitions.reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0);
};
/** As a member does whose commit was under way when the topic went. */
async function commitLate(
  partitions: readonly { partition: number; offset: string; metadata: string | null }[],
): Promise<void> {
  const raw = new RawKafka({ brokers: kafka.brokers.split(','), logLevel: logLevel.NOTHING });
  const member = raw.consumer({ groupId: `${prefix}g` });
  await member.connect();
  await member.subscribe({ topic: prefix + TOPIC });
  const joined = new Promise((resolve) => member.on(member.events.GROUP_JOIN, resolve));
  await member.run({ autoCommit: false, eachBatch: () => Promise.resolve() });
  await joined;
  const reached = partitions.filter(({ offset }) => Number(offset) > 0);
  await member.commitOffsets(reached.map((one) => ({ topic: prefix + TOPIC, ...one })));
  await member.disconnect();
}
const told = (before: readonly Sealed[], after: readonly Sealed[]): string[] =>
  [...before, ...after].map(({ id }) => id);

describe('a topic that is made anew', () => {
  it('given a reader at its end, is read from its start, whether its position is beyond the new end or in the midst', async () => {
    for (const many of [3, 60]) {
      const account = new Account();
      const reader = await consumeInto(newBus(), account, 'g', [TOPIC]);
      const before = results(30);
      await bus.send(before);
      await until(() => account.distinct() >= 30, 'all of the old one');
      account.raws.length = 0;
      await makeAnew();
      const after = sameKey(many, before[0] as Sealed);
      await bus.send(after);
      const ids = new Set(after.map(({ id }) => id));
      await until(
        () => new Set(account.raws.map(({ headers }) => headers.ce_id)).size >= ids.size,
        `${many} new ones`,
        ANEW_MS,
      );
      expect(new Set(account.raws.map(({ headers }) => headers.ce_id))).toEqual(ids);
      await reader.stop();
    }
  });

  it('given nobody reads it meanwhile, and offsets of the old one are committed for the new one, is read from its start', async () => {
    const account = new Account();
    const reader = await consumeInto(newBus(), account, 'g', [TOPIC]);
    const before = results(30);
    await bus.send(before);
    await until(async () => (await committed()) === 30, 'the old one is committed');
    const [old] = await admin.fetchOffsets({ groupId: `${prefix}g`, topics: [prefix + TOPIC] });
    await reader.stop();
    await makeAnew();
    await commitLate(old!.partitions);
    const after = sameKey(60, before[0] as Sealed);
    await bus.send(after);
    await consumeInto(newBus(), account, 'g', [TOPIC]);
    await until(() => account.distinct() === 90, `all of the new one, ${account.distinct()} came`, ANEW_MS);
    expect(account.firstsOf(before[0]!.key)).toEqual(told(before, after));
    await until(async () => (await committed()) === 60, 'the new one is committed');
  });

  it('given it is asked for, is told before anything of it, and its messages carry its id', async () => {
    const heard: { what: 'told' | 'message'; id: string | undefined }[] = [];
    await bus.consume({
      ...{ groupId: 'g', topics: [TOPIC] },
      onGenerations: (ids) => Promise.resolve(void heard.push({ what: 'told', id: ids.get(TOPIC) })),
      onBatch: (batch) => {
        heard.push(...batch.map(({ topicId }) => ({ what: 'message' as const, id: topicId })));
        return { accepted: Promise.resolve() };
      },
      onDead: (error) => {
        throw error;
      },
    });
    const ofMessages = (): (string | undefined)[] => heard.flatMap(({ what, id }) => (what === 'message' ? [id] : []));
    await bus.send(results(1));
    await until(() => ofMessages().length > 0, 'the first');
    const [first] = ofMessages();
    await makeAnew();
    await bus.send(results(1));
    await until(() => ofMessages().some((id) => id !== first), `the second, ${JSON.stringify(heard)}`, ANEW_MS);
    const second = ofMessages().find((id) => id !== first);
    expect([first, second]).toEqual([expect.any(String), expect.any(String)]);
    // A message may come twice, and a topic be told of twice: never a message before its topic.
    for (const id of [first, second])
      expect(heard.findIndex((one) => one.id === id)).toBe(
        heard.findIndex((one) => one.id === id && one.what === 'told'),
      );
  });
});
