import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKafka, type Kafka } from '@causeway/lab';
import { allTopics, topicNames } from '@causeway/contracts';
import { Account, until } from '../../spec/accounts';
import { resultDraft, sealAs } from '../../spec/sample-messages';
import type { EventBus } from '../bus';
import type { Sealed } from '../envelopes';
import { createKafkaBus } from './kafka-bus';

/** A real broker that is killed and started again, for longer than kafkajs's patience lasts. */
jest.setTimeout(180_000);

let kafka: Kafka;
const buses: EventBus[] = [];
const warnings: string[] = [];
const log = { debug() {}, info() {}, warn: (_: object, text: string) => void warnings.push(text), error() {} };

beforeAll(async () => {
  kafka = await startKafka({
    dir: mkdtempSync(join(tmpdir(), 'causeway-outage-')),
    say: () => undefined,
    isOwn: true,
  });
});
beforeEach(() => (warnings.length = 0));
afterAll(async () => {
  await Promise.all(buses.map((bus) => bus.close()));
  await kafka.stop();
});

const TOPICS = allTopics(['caddy']);
function newBus(brokers = kafka.brokers): EventBus {
  const bus = createKafkaBus({
    ...{ brokers: brokers.split(','), clientId: 'spec', log },
    prefix: `${randomUUID().slice(0, 8)}.`,
  });
  buses.push(bus);
  return bus;
}
const results = (count: number): Sealed[] => {
  const ids = Array.from({ length: 20 }, () => randomUUID());
  const drafts = Array.from({ length: count }, (_, i) => resultDraft(ids[i % 20] as string, 'step', String(i)));
  return sealAs('executor-caddy', ...drafts);
};
/** As a relay does it. */
async function sendUntilAcknowledged(bus: EventBus, messages: readonly Sealed[]): Promise<void> {
  const sent = (): Promise<boolean> =>
    bus.send(messages).then(
      () => true,
      () => false,
    );
  await until(sent, 'acknowledged', 60_000);
}
async function consume(bus: EventBus, account: Account) {
  const dead: Error[] = [];
  const held: (() => void)[] = [];
  const isHeld = { now: false };
  const consumption = await bus.consume({
    groupId: 'g',
    topics: [topicNames.results],
    onBatch: (batch) => {
      account.take(batch);
      return { accepted: isHeld.now ? new Promise((resolve) => held.push(resolve)) : Promise.resolve() };
    },
    onDead: (error) => dead.push(error),
  });
  return { consumption, dead, held, isHeld };
}

describe('a broker that is killed for longer than kafkajs tries', () => {
  it('costs no message: what was accepted does not come again, what was not does, and everything goes on', async () => {
    const bus = newBus();
    await bus.ensureTopics(TOPICS);
    const account = new Account();
    const { consumption, dead, held, isHeld } = await consume(bus, account);
    await bus.send(results(200));
    await until(() => account.distinct() === 200, 'the first 200');
    // Committed every 200 ms.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    isHeld.now = true;
    await bus.send(results(50));
    await until(() => account.distinct() === 250, 'the 50 that are not accepted');

    await kafka.kill();
    await until(() => bus.contact().restarts >= 2, 'kafkajs has given up twice', 90_000);
    expect([consumption.isRunning(), dead]).toEqual([false, []]);
    expect(bus.contact().trouble).toContain('ECONNREFUSED');
    expect(warnings.some((text) => text.includes('without the broker and goes on when it is back'))).toBe(true);
    held.forEach((accept) => accept());
    isHeld.now = false;

    await kafka.restart();
    await until(() => consumption.isRunning(), 'a member again', 60_000);
    await sendUntilAcknowledged(bus, results(200));
    await until(() => account.distinct() === 450 && account.repeated() === 50, 'the rest', 30_000);
    expect({ dead, contact: bus.contact().trouble }).toEqual({ dead: [], contact: null });
  });
});

describe('a broker that is not there yet', () => {
  it('is waited for, with the reason told, and then the topics are made and messages taken', async () => {
    await kafka.kill();
    const bus = newBus();
    const made = bus.ensureTopics(TOPICS);
    await until(() => bus.contact().trouble !== null, 'told', 60_000);
    expect(bus.contact().trouble).toContain('ECONNREFUSED');
    expect(warnings.filter((text) => text.includes('topics'))).toHaveLength(1);
    await kafka.restart();
    await made;
    expect(bus.contact().trouble).toBeNull();
    const account = new Account();
    await consume(bus, account);
    await bus.send(results(20));
    await until(() => account.distinct() === 20, 'all');
  });

  it('is told by its wrong name, and need not be waited for by who closes', async () => {
    const bus = newBus('no-such-broker.invalid:9092');
    const made = bus.ensureTopics(TOPICS);
    made.catch(() => undefined);
    await until(() => bus.contact().trouble !== null, 'told', 60_000);
    expect(bus.contact().trouble).toContain('no-such-broker.invalid');
    await bus.close();
    await expect(made).rejects.toThrow('no-such-broker.invalid');
  });
});
