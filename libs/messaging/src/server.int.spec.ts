import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKafka, type Kafka } from '@causeway/lab';
import {
  allTopics,
  deadLetterTopic,
  SIGNATURE_HEADER,
  topicNames,
  type DeadLetterData,
  type ParkReason,
} from '@causeway/contracts';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern } from '@nestjs/microservices';
import { Kafka as RawKafka, logLevel, Partitioners, type Message, type Producer } from 'kafkajs';
import { Account, consumeInto, until } from '../spec/accounts';
import { impostor, intentDraft, resultDraft, sealAs, sealWith, signerOf, verifier } from '../spec/sample-messages';
import type { EventBus } from './bus';
import type { Received, Sealed } from './envelopes';
import { createKafkaBus } from './kafka/kafka-bus';
import { CausewayServer, connectMessages } from './server';

jest.setTimeout(120_000);
const TOPICS = allTopics(['caddy']).map((topic) => ({ ...topic, maxMessageBytes: 4_000_000 }));

let kafka: Kafka;
let producer: Producer;
const buses: EventBus[] = [];
beforeAll(async () => {
  kafka = await startKafka({ dir: mkdtempSync(join(tmpdir(), 'causeway-server-')), say: () => undefined });
  const raw = new RawKafka({ brokers: kafka.brokers.split(','), logLevel: logLevel.NOTHING });
  producer = raw.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
});
afterAll(async () => {
  await producer.disconnect();
  await Promise.all(buses.map((bus) => bus.close()));
  await kafka.stop();
});

/** What the handlers of a test do; a class method cannot be made anew for each. */
let handle: (received: Received[]) => Promise<void>;
@Controller()
class Inbound {
  @EventPattern([topicNames.intents, topicNames.results], { lane: 'one' })
  take(received: Received[]): Promise<void> {
    return handle(received);
  }
}
@Module({ controllers: [Inbound] })
class TestModule {}

/** A service on topics of its own, as a process would run it. */
async function service(take: (received: Received[]) => Promise<void>, more: { prefix?: string } = {}) {
  handle = take;
  const prefix = more.prefix ?? `${randomUUID().slice(0, 8)}.`;
  const bus = createKafkaBus({ brokers: kafka.brokers.split(','), clientId: 'spec', prefix });
  buses.push(bus);
  await bus.ensureTopics(TOPICS);
  const fatal: Error[] = [];
  const server = new CausewayServer({
    bus,
    verifier,
    signer: signerOf('sequencer'),
    topics: allTopics(['caddy']),
    groupId: 'sequencer',
    onFatal: (error) => fatal.push(error),
    ...more,
  });
  const app = await NestFactory.create(TestModule, { logger: false });
  connectMessages(app, server);
  await app.init();
  await app.startAllMicroservices();
  return { bus, prefix, server, fatal, app };
}
const sendRaw = (prefix: string, topic: string, messages: Message[]) =>
  producer.send({ topic: prefix + topic, messages });
const asRaw = ({ key, value, headers }: Sealed): Message => ({ key, value, headers });

function garbage(): [ParkReason, Message][] {
  const sign = (value: Buffer): Message => ({
    ...asRaw(sealAs('console', intentDraft('g'))[0]!),
    value,
    headers: {
      ...sealAs('console', intentDraft('g'))[0]!.headers,
      [SIGNATURE_HEADER]: signerOf('console').sign([value])[0]!,
    },
  });
  const good = asRaw(sealAs('console', intentDraft('g'))[0]!);
  const json = JSON.parse((good.value as Buffer).toString()) as object;
  return [
    ['not-json', sign(Buffer.from('{"half": '))],
    ['too-large', sign(Buffer.alloc(1_000_000, 'x'))],
    ['too-deep', sign(Buffer.from('['.repeat(20_000) + ']'.repeat(20_000)))],
    ['bad-signature', asRaw(sealWith(impostor, intentDraft('g'))[0]!)],
    ['unsigned', { ...good, headers: {} }],
    ['unknown-type', sign(Buffer.from(JSON.stringify({ ...json, type: 'causeway.thing.unknown.v1' })))],
    ['schema', sign(Buffer.from(JSON.stringify({ ...json, more: true })))],
    ['empty', { key: 'g', value: null }],
    ['not-utf8', sign(Buffer.from([0x22, 0xff, 0xfe, 0x22]))],
    ['header-mismatch', { ...good, headers: { ...good.headers, ce_id: randomUUID() } }],
    ['header-mismatch', { ...good, key: 'another' }],
    ['wrong-topic', asRaw(sealAs('console', { ...resultDraft(randomUUID(), 'a'), topic: topicNames.intents })[0]!)],
    ['writer-not-allowed', asRaw(sealAs('executor-caddy', resultDraft(randomUUID(), 'a'))[0]!)],
  ];
}

describe('garbage between valid messages', () => {
  it('is parked once each with its reason, and delays nobody', async () => {
    const handled: Received[] = [];
    const { bus, prefix, server, app } = await service(async (received) => void handled.push(...received));
    const bad = garbage();
    const valid = Array.from({ length: bad.length + 1 }, (_, i) => sealAs('console', intentDraft(`k${i}`))[0]!);
    const misplaced = asRaw(sealAs('console', intentDraft('g'))[0]!);
    const mixed = valid.flatMap((message, i) => [asRaw(message), ...(bad[i] ? [bad[i][1]] : [])]);
    const startedAt = performance.now();
    await sendRaw(prefix, topicNames.intents, mixed);
    await sendRaw(prefix, topicNames.results, [
      misplaced,
      asRaw(sealAs('executor-caddy', resultDraft(randomUUID(), 'ok'))[0]!),
    ]);
    await until(() => handled.length === valid.length + 1, 'all valid ones', 10_000);
    expect(performance.now() - startedAt).toBeLessThan(5_000);

    const letters = new Account();
    await consumeInto(bus, letters, 'reader', [
      deadLetterTopic(topicNames.intents),
      deadLetterTopic(topicNames.results),
    ]);
    await until(() => letters.raws.length >= bad.length + 1, 'all dead letters');
    await new Promise((resolve) => setTimeout(resolve, 500));
    const parked = letters.raws.map((raw) => (JSON.parse(raw.value!.toString()) as { data: DeadLetterData }).data);
    const reasons = parked.filter(({ topic }) => topic === topicNames.intents).map(({ reason }) => reason);
    expect(reasons.sort()).toEqual(bad.map(([reason]) => reason).sort());
    expect(parked.filter(({ topic }) => topic === topicNames.results).map(({ reason }) => reason)).toEqual([
      'writer-not-allowed',
    ]);
    expect(new Set(parked.map(({ topic, partition, offset }) => `${topic}/${partition}/${offset}`)).size).toBe(
      bad.length + 1,
    );
    expect(server.counts).toMatchObject({ parked: bad.length + 1, received: mixed.length + 2 });

    await bus.send(sealAs('console', intentDraft('after')));
    await until(() => handled.some(({ key }) => key === 'after'), 'it goes on');
    expect(server.isReady()).toBe(true);
    await app.close();
  });

  it('is parked under the same id by a second service', async () => {
    const { bus, prefix, app } = await service(async () => undefined);
    await sendRaw(prefix, topicNames.intents, [{ key: 'g', value: 'garbage' }]);
    const ledger = new CausewayServer({
      bus,
      verifier,
      signer: signerOf('executor-caddy'),
      topics: TOPICS,
      groupId: 'ledger',
      otherTopics: [topicNames.intents],
    });
    ledger.addHandler('*', (() => Promise.resolve()) as never, true);
    await new Promise<void>((resolve, reject) =>
      ledger.listen((error) => (error ? reject(error as Error) : resolve())),
    );
    const letters = new Account();
    await consumeInto(bus, letters, 'reader', [deadLetterTopic(topicNames.intents)]);
    await until(() => letters.raws.length === 2, 'a letter of each');
    expect(letters.distinct()).toBe(1);
    await ledger.close();
    await app.close();
  });
});

describe('a handler', () => {
  it('that fails for a while gets the same messages again, in order, before later ones', async () => {
    const calls: string[][] = [];
    const { bus, server, app } = await service(async (received) => {
      calls.push(received.map(({ message }) => message.id));
      if (calls.length <= 2) throw Object.assign(new Error('database away'), { retriable: true });
    });
    const messages = sealAs('console', ...Array.from({ length: 20 }, () => intentDraft('one-key')));
    await bus.send(messages.slice(0, 10));
    await until(() => calls.length > 0, 'the first call');
    await bus.send(messages.slice(10));
    await until(() => server.counts.handled === 20, 'all');
    const accepted = calls.slice(2).flat();
    expect(calls[1]).toEqual(calls[0]);
    expect(accepted).toEqual(messages.map(({ id }) => id));
    await app.close();
  });

  it('that has a defect ends the process, and the message is there for the next one', async () => {
    const first = await service(async () => {
      throw new TypeError('cannot read properties of undefined');
    });
    const [message] = sealAs('console', intentDraft('k'));
    await first.bus.send([message!]);
    await until(() => first.fatal.length > 0, 'the end');
    expect(first.fatal[0]!.message).toMatch(
      /handler of one failed on 1 messages from causeway\.intents\.v1\/\d@0: cannot read/,
    );
    expect(first.server.isReady()).toBe(false);
    await first.app.close();

    const handled: string[] = [];
    const second = await service(async (received) => void handled.push(...received.map(({ message: { id } }) => id)), {
      prefix: first.prefix,
    });
    await until(() => handled.length === 1, 'the message again');
    expect(handled).toEqual([message!.id]);
    await second.app.close();
  });

  it('finishes what it was given before the service stops, and nothing of that comes again', async () => {
    let ended = 0;
    const { bus, prefix, app, server } = await service(async (received) => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      ended += received.length;
    });
    await bus.send(sealAs('console', ...Array.from({ length: 30 }, (_, i) => intentDraft(`k${i}`))));
    await until(() => server.counts.received === 30, 'all are in');
    await app.close();
    expect(ended).toBe(30);
    let again = 0;
    const second = await service(async (received) => void (again += received.length), { prefix });
    await second.bus.send(sealAs('console', intentDraft('last')));
    await until(() => again > 0, 'the next one');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(again).toBe(1);
    await second.app.close();
  });
});
