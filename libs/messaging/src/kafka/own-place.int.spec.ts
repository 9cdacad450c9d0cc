import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allTopics } from '@causeway/contracts';
import { startKafka, type Kafka } from '@causeway/lab';
import { until } from '../../spec/accounts';
import type { EventBus } from '../bus';
import { silentLog } from '../log';
import { createKafkaBus, instanceFrom } from './kafka-bus';

/** A member of a group that is killed, and who comes in its place, on a real broker. */
jest.setTimeout(60_000);

const SESSION_MS = 10_000;
/** Time to join, without waiting for a session to end. */
const SOON_MS = 6_000;
const TOPIC = 'causeway.results.v1';

let kafka: Kafka;
const buses: EventBus[] = [];
beforeAll(async () => {
  kafka = await startKafka({ dir: mkdtempSync(join(tmpdir(), 'causeway-place-')), say: () => undefined });
});
afterAll(async () => {
  await Promise.all(buses.map((bus) => bus.close()));
  await kafka.stop();
});

const MEMBER = `
  const { Kafka, logLevel } = require('kafkajs');
  const [brokers, clientId, groupId, topic, sessionMs] = process.argv.slice(1);
  const consumer = new Kafka({ brokers: brokers.split(','), clientId, logLevel: logLevel.NOTHING }).consumer({ groupId, sessionTimeout: Number(sessionMs) });
  consumer.on(consumer.events.GROUP_JOIN, () => console.log('joined'));
  consumer.connect().then(() => consumer.subscribe({ topics: [topic] })).then(() => consumer.run({ eachMessage: async () => {} }));`;

async function killedMember(prefix: string, clientId: string): Promise<void> {
  const args = [kafka.brokers, clientId, `${prefix}group`, prefix + TOPIC, String(SESSION_MS)];
  const child = spawn(process.execPath, ['-e', MEMBER, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function groupOf(instance: string | null) {
  const prefix = `${randomUUID().slice(0, 8)}.`;
  const said: string[] = [];
  const log = { ...silentLog, info: (_: object, text: string) => said.push(text) };
  const bus = createKafkaBus({ brokers: kafka.brokers.split(','), clientId: 'spec', instance, prefix, log });
  buses.push(bus);
  await bus.ensureTopics(allTopics(['caddy']));
  const consume = () =>
    bus.consume({
      ...{ groupId: 'group', topics: [TOPIC], sessionMs: SESSION_MS },
      onBatch: () => ({ accepted: Promise.resolve() }),
      onDead: (error) => {
        throw error;
      },
    });
  return { prefix, said, consume };
}

describe('the place of a killed member', () => {
  it('is taken at once by the instance that is started again, and that is said', async () => {
    const { prefix, said, consume } = await groupOf('a');
    await killedMember(prefix, 'spec@a');
    const asked = performance.now();
    const consumption = await consume();
    await until(() => consumption.isRunning(), 'it is a member', SOON_MS);
    expect(performance.now() - asked).toBeLessThan(SOON_MS);
    expect(said).toContain('takes the place that this instance had before it was started');
  });

  it('is left to its session when another instance comes, or one without a name', async () => {
    await Promise.all([leftToItsSession('b', 'spec@a'), leftToItsSession(null, 'spec')]);
  });
});

async function leftToItsSession(instance: string | null, killed: string): Promise<void> {
  const { prefix, said, consume } = await groupOf(instance);
  await killedMember(prefix, killed);
  const asked = performance.now();
  const consumption = await consume();
  await until(() => consumption.isRunning(), 'it is a member', 3 * SESSION_MS);
  expect(performance.now() - asked).toBeGreaterThan(SOON_MS);
  expect(said).toEqual([]);
}

describe('the name of an instance', () => {
  it('is what the environment says; none is none, and a bad one is refused with what to give', () => {
    expect(instanceFrom({ CAUSEWAY_INSTANCE: 'ledger-0' })).toBe('ledger-0');
    expect([instanceFrom({}), instanceFrom({ CAUSEWAY_INSTANCE: '' })]).toEqual([null, null]);
    expect(() => instanceFrom({ CAUSEWAY_INSTANCE: 'a b' })).toThrow(/CAUSEWAY_INSTANCE is "a b".*StatefulSet/);
  });
});
