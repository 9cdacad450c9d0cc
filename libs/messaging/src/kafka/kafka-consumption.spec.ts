import {
  KafkaJSConnectionError,
  KafkaJSNonRetriableError,
  KafkaJSNumberOfRetriesExceeded,
  KafkaJSProtocolError,
  type Admin,
} from 'kafkajs';
import { FakeKafka, type Fate } from '../../spec/fake-kafka';
import type { Handed, RawMessage } from '../bus';
import { KafkaConsumption } from './kafka-consumption';
import type { AskAdmin } from './watchdog';

const refused = new KafkaJSConnectionError('Connection error: connect ECONNREFUSED 127.0.0.1:9092');
const protocolError = (type: string): KafkaJSProtocolError =>
  new KafkaJSProtocolError(Object.assign(new Error(type), { type, code: 1, retriable: false }));

/** As kafkajs passes it on from a retry. */
const wrapped = (cause: Error): Error => Object.assign(new KafkaJSNonRetriableError(cause.message), { cause });

/** A broker that has no topic ids and tells nobody of offsets: the watchdog sees nothing. */
const noAnswer = (): Promise<never> => Promise.reject(new Error('does not answer'));
const broker = {
  fetchTopicMetadata: () => Promise.resolve({ topics: [] }),
  fetchTopicOffsets: noAnswer,
  fetchOffsets: noAnswer,
};
const ask: AskAdmin = (use) => use(broker as unknown as Admin);
const accepts = (): Handed => ({ accepted: Promise.resolve() });

const warnings: string[] = [];
const log = { debug() {}, info() {}, warn: (_: object, text: string) => void warnings.push(text), error() {} };

async function consuming(fates: Fate[] = [], onBatch: (batch: RawMessage[]) => Handed = accepts) {
  const kafka = new FakeKafka(fates);
  const dead: string[] = [];
  const options = { groupId: 'g', topics: ['topic'], onBatch, onDead: (error: Error) => dead.push(error.message) };
  const consumption = new KafkaConsumption(() => kafka.client(), ask, options, '', log);
  // Who hangs is waited for by nobody here.
  void consumption.start();
  await jest.advanceTimersByTimeAsync(0);
  return { kafka, dead, consumption };
}
const after = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);
/** As long as that, with the heartbeats of a healthy member. */
async function healthy(kafka: FakeKafka, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 3_000) {
    await after(3_000);
    kafka.newest().beats();
  }
}

beforeEach(() => {
  warnings.length = 0;
  jest.useFakeTimers();
});
afterEach(() => jest.useRealTimers());

describe('a consumer that kafkajs has given up', () => {
  const coordinator = Object.assign(new KafkaJSNonRetriableError('Failed to find group coordinator'), {
    name: 'KafkaJSGroupCoordinatorNotFound',
  });
  it.each([
    ['could not find its coordinator', coordinator],
    ['has used up its retries', new KafkaJSNumberOfRetriesExceeded(refused, { retryCount: 8, retryTime: 2_000 })],
    ['fell over its own state', new TypeError("Cannot read properties of null (reading 'heartbeat')")],
    ['was told a protocol error that counts as final', protocolError('COORDINATOR_LOAD_IN_PROGRESS')],
  ])('because it %s is followed by a new one, and nothing ends', async (_, error) => {
    const { kafka, dead, consumption } = await consuming();
    kafka.newest().crashes(error);
    expect(consumption.isRunning()).toBe(false);
    expect(consumption.trouble()).toContain(error.message);
    await after(1_000);
    expect({ running: consumption.isRunning(), trouble: consumption.trouble(), dead }).toEqual({
      running: true,
      trouble: null,
      dead: [],
    });
    expect(kafka.consumers.map(({ isConnected }) => isConnected)).toEqual([false, true]);
    await consumption.stop();
  });

  it('is followed by others for hours, not more often than every five seconds, while the broker is away', async () => {
    const { kafka, dead, consumption } = await consuming(Array.from({ length: 740 }, () => refused));
    await after(3_600_000);
    expect(kafka.consumers.length).toBeGreaterThan(700);
    expect(kafka.consumers.length).toBeLessThan(730);
    expect({ running: consumption.isRunning(), dead }).toEqual({ running: false, dead: [] });
    expect(warnings.length).toBeGreaterThan(300);
    expect(warnings.length).toBeLessThanOrEqual(361);
    for (let i = 0; i < 200 && !consumption.isRunning(); i++) await after(1_000);
    expect(kafka.consumers).toHaveLength(741);
    await consumption.stop();
  });

  it('hands over nothing any more, and what it handed over is not committed by its successor', async () => {
    const taken: string[] = [];
    const accept: (() => void)[] = [];
    const { kafka, consumption } = await consuming([], (batch) => {
      taken.push(...batch.map(({ offset }) => offset));
      return { accepted: new Promise((resolve) => accept.push(resolve)) };
    });
    const first = kafka.newest();
    await first.brings(7);
    first.crashes(refused);
    await after(1_000);
    await first.brings(8);
    accept.forEach((resolve) => resolve());
    await after(1_000);
    expect(taken).toEqual(['7']);
    expect([first.committed, kafka.newest().committed]).toEqual([[], []]);
    await consumption.stop();
  });

  it('leaves a full partition behind without harm when that is accepted later', async () => {
    let accept: () => void = () => undefined;
    const { kafka, dead, consumption } = await consuming([], () => ({
      accepted: new Promise((resolve) => (accept = resolve)),
    }));
    void kafka.newest().brings(5_000, 5_000);
    await kafka.newest().disconnect();
    accept();
    await after(1_000);
    expect({ dead, running: consumption.isRunning() }).toEqual({ dead: [], running: true });
    await consumption.stop(0);
  });
});

describe('a batch of which kafkajs hands over nothing', () => {
  it('is committed like one that was accepted, and not before what came earlier', async () => {
    let accept: () => void = () => undefined;
    const { kafka, consumption } = await consuming([], () => ({
      accepted: new Promise((resolve) => (accept = resolve)),
    }));
    await kafka.newest().brings(7);
    kafka.newest().passesOver(9);
    await after(1_000);
    expect(kafka.newest().committed).toEqual([]);
    accept();
    await after(1_000);
    expect(kafka.newest().committed).toEqual(['10']);
    kafka.newest().passesOver(12);
    await after(1_000);
    expect(kafka.newest().committed).toEqual(['10', '13']);
    await consumption.stop();
  });

  it('is not believed when it lies before what was handed over: it is of a topic made anew', async () => {
    const { kafka, consumption } = await consuming();
    await kafka.newest().brings(7);
    kafka.newest().passesOver(1);
    await after(1_000);
    expect(kafka.newest().committed).toEqual(['8']);
    await consumption.stop();
  });
});

describe('a broker that is silent', () => {
  it('makes it no member after 20 s, and gets new connections after a minute', async () => {
    const { kafka, consumption } = await consuming();
    await healthy(kafka, 60_000);
    expect([consumption.isRunning(), kafka.consumers.length]).toEqual([true, 1]);
    await after(21_000);
    expect(consumption.isRunning()).toBe(false);
    expect(consumption.trouble()).toContain('does not answer, since 2');
    await after(40_000);
    expect([consumption.isRunning(), kafka.consumers.length]).toEqual([true, 2]);
    await consumption.stop();
  });

  it('that lets itself be connected to and then says nothing is tried anew every minute, and told every ten seconds', async () => {
    const { kafka, consumption } = await consuming(['hangs', 'hangs', 'hangs']);
    await after(200_000);
    expect([consumption.isRunning(), kafka.consumers.length]).toEqual([true, 4]);
    // Nothing is wrong yet in the first minute.
    expect(warnings.length).toBeGreaterThan(10);
    expect(new Set(warnings).size).toBe(1);
    expect(warnings[0]).toContain('the broker did not answer for 60 s');
    await consumption.stop();
  });

  it('is heard again with the same consumer when it answers in between', async () => {
    const { kafka, consumption } = await consuming();
    await after(30_000);
    expect(consumption.isRunning()).toBe(false);
    kafka.newest().beats();
    expect([consumption.isRunning(), kafka.consumers.length]).toEqual([true, 1]);
    await consumption.stop();
  });
});

describe('a consumption is dead', () => {
  it.each(['GROUP_AUTHORIZATION_FAILED', 'TOPIC_AUTHORIZATION_FAILED', 'SASL_AUTHENTICATION_FAILED'])(
    'when the broker refuses it: %s',
    async (type) => {
      const { kafka, dead } = await consuming();
      kafka.newest().crashes(wrapped(protocolError(type)));
      await after(60_000);
      expect(dead).toEqual([`the consumption of g is dead: ${type}`]);
      expect(kafka.consumers).toHaveLength(1);
    },
  );

  it('when it is refused at the start', async () => {
    const { dead } = await consuming([protocolError('CLUSTER_AUTHORIZATION_FAILED')]);
    expect(dead).toHaveLength(1);
  });

  it.each([
    [
      'throws',
      () => {
        throw new TypeError('not a function');
      },
    ],
    ['breaks its word', () => ({ accepted: Promise.reject(new TypeError('not a function')) })],
  ])('when its taker %s', async (_, onBatch) => {
    const { kafka, dead, consumption } = await consuming([], onBatch);
    await kafka.newest().brings(1);
    await after(60_000);
    expect(dead).toEqual(['the consumption of g is dead: not a function']);
    expect([consumption.isRunning(), kafka.consumers.length]).toEqual([false, 1]);
  });
});
