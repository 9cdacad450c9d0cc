import { mkdtempSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allTopics, type Envelope } from '@causeway/contracts';
import { generateKeys, loadSigner, loadVerifier, newEventId } from '@causeway/signing';
import { openRaw, seal, topicIndex, type Draft, type RawMessage, type Sealed } from '../src';
import { answerOf, batchBytes } from './fetch-answer';
import { partitioner } from '../src/kafka/fast-partition';
import { rawOf, type FetchedRecord } from '../src/kafka/fetched-record';
import { byTopic } from '../src/kafka/kafka-sender';

/**
 * CPU a message of the transport's three parts, microseconds, in one process without a broker: `node dist/libs/messaging/spec/transport-cost.main.js`.
 * The messages are a step's six, of the golden messages; 200 of them in one fetch of four partitions.
 */
const load = createRequire(__filename);
const MESSAGES = 200;
const PARTITIONS = 4;
const PRINCIPALS = ['sequencer', 'executor-noop', 'readiness-prober'];
const keys = generateKeys(mkdtempSync(join(tmpdir(), 'causeway-cost-')), PRINCIPALS);
const signers = new Map(PRINCIPALS.map((principal) => [`/${principal}`, loadSigner(keys.keyFile(principal))]));

const golden = (kind: string): Envelope<string, Record<string, unknown>> =>
  JSON.parse(readFileSync(join('libs/contracts/fixtures', kind, 'v1.json'), 'utf8')) as never;

function recordWith(kinds: readonly string[]): Envelope {
  const whole = golden('record');
  const all = whole.data.records as { kind: string }[];
  return { ...whole, data: { ...whole.data, records: kinds.map((kind) => all.find((one) => one.kind === kind)) } };
}

/** What one step of seq4 sends. */
const STEP: readonly (readonly [string, string, Envelope])[] = [
  ['causeway.records.v1', '/sequencer', recordWith(['step-ready', 'gate-opened', 'step-commanded'])],
  ['causeway.commands.noop.v1', '/sequencer', golden('command')],
  ['causeway.results.v1', '/executor-noop', golden('result')],
  ['causeway.records.v1', '/sequencer', recordWith(['step-applied', 'probe-requested'])],
  ['causeway.probes.v1', '/sequencer', golden('probe')],
  ['causeway.readings.v1', '/readiness-prober', golden('reading')],
];

const draftsOf = (source: string, count: number): Draft[] => {
  const own = STEP.filter(([, writer]) => writer === source);
  return Array.from({ length: count }, (_, i) => {
    const [topic, , envelope] = own[i % own.length] as (typeof STEP)[number];
    return { ...envelope, topic, id: undefined, time: undefined, key: newEventId(i) };
  });
};

const sealing = (source: string) => ({
  signer: signers.get(source) as never,
  now: Date.now,
  newId: newEventId,
  validate: false,
});
const shares = [
  ['/sequencer', (MESSAGES * 4) / 6],
  ['/executor-noop', MESSAGES / 6],
  ['/readiness-prober', MESSAGES / 6],
] as const;
const drafts = shares.map(([source, count]) => [source, draftsOf(source, Math.ceil(count))] as const);
const sealAll = (): Sealed[] => drafts.flatMap(([source, some]) => seal(some, sealing(source)));

interface Encoded {
  readonly buffer: Buffer;
}
type Made<T> = (...args: unknown[]) => T;

/** kafkajs's own way from messages to the bytes of a request, with a cluster of one broker that sends nothing. */
function sending(): (messages: readonly Sealed[]) => Promise<number> {
  const createSendMessages = load('kafkajs/src/producer/sendMessages.js') as Made<Made<Promise<void>>>;
  const createRequest = load('kafkajs/src/protocol/request.js') as Made<Promise<Encoded>>;
  const { protocol } = load('kafkajs/src/protocol/requests/produce/index.js') as {
    protocol: Made<Made<{ readonly request: object }>>;
  };
  const createRetry = load('kafkajs/src/retry/index.js') as Made<unknown>;
  let written = 0;
  const broker = {
    nodeId: '0',
    produce: async (fields: object) => {
      const { request } = protocol({ version: 7 })(fields);
      written += (await createRequest({ correlationId: 1, clientId: 'cost', request })).buffer.length;
      return { topics: [] };
    },
  };
  const partitions = Array.from({ length: PARTITIONS }, (_, partitionId) => ({ partitionId, leader: 0 }));
  const cluster = {
    refreshMetadataIfNecessary: async () => undefined,
    addMultipleTargetTopics: async () => undefined,
    findTopicPartitionMetadata: () => partitions,
    findLeaderForPartitions: (_topic: string, of: string[]) => ({ 0: of.map(Number) }),
    findBroker: async () => broker,
    isConnected: () => true,
  };
  const eosManager = {
    acquireBrokerLock: async () => undefined,
    releaseBrokerLock: async () => undefined,
    isTransactional: () => false,
    getSequence: () => 0,
    updateSequence: () => undefined,
    getProducerId: () => undefined,
    getProducerEpoch: () => undefined,
  };
  const quiet = { error: console.error, debug: () => undefined };
  const send = createSendMessages({
    logger: quiet,
    cluster,
    partitioner: partitioner(),
    eosManager,
    retrier: createRetry(),
  });
  return async (messages) => {
    await send({ acks: -1, timeout: 5_000, topicMessages: byTopic(messages, '') });
    return written;
  };
}

async function fetched(messages: readonly Sealed[]): Promise<Buffer> {
  const topics = byTopic(messages, '').map(async ({ topic, messages: ofTopic }) => {
    const sets = Array.from({ length: PARTITIONS }, (_, partition) =>
      batchBytes({
        firstOffset: 1_000,
        firstTimestamp: Date.now(),
        records: ofTopic.filter((_one, i) => i % PARTITIONS === partition),
      }),
    );
    return { topic, partitions: (await Promise.all(sets)).map((set) => ({ set })) };
  });
  return answerOf(await Promise.all(topics));
}

interface Answer {
  readonly responses: readonly {
    readonly topicName: string;
    readonly partitions: readonly { readonly partition: number }[];
  }[];
}

function decoding(): (payload: Buffer) => Promise<RawMessage[]> {
  const response = load('kafkajs/src/protocol/requests/fetch/v11/response.js') as {
    decode(payload: Buffer): Promise<Answer>;
    parse(answer: Answer): Promise<Answer>;
  };
  const Batch = load('kafkajs/src/consumer/batch.js') as new (
    topic: string,
    from: string,
    data: object,
  ) => {
    readonly messages: readonly FetchedRecord[];
  };
  return async (payload) => {
    const { responses } = await response.parse(await response.decode(payload));
    return responses.flatMap(({ topicName, partitions }) =>
      partitions.flatMap((data) =>
        new Batch(topicName, '0', data).messages.map((message) =>
          rawOf({ topic: topicName, partition: data.partition }, message),
        ),
      ),
    );
  };
}

async function cost(name: string, rounds: number, run: () => unknown): Promise<void> {
  for (let i = 0; i < rounds / 4; i++) await run();
  const times: number[] = [];
  for (let slice = 0; slice < 5; slice++) {
    const before = process.cpuUsage();
    for (let i = 0; i < rounds / 5; i++) await run();
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / (rounds / 5) / MESSAGES);
  }
  times.sort((a, b) => a - b);
  console.log(`${name.padEnd(36)} ${(times[2] as number).toFixed(2)} us (${times.map((t) => t.toFixed(1)).join(' ')})`);
}

async function main(): Promise<void> {
  const messages = sealAll();
  const payload = await fetched(messages);
  const decode = decoding();
  const send = sending();
  const door = { verifier: loadVerifier(keys.trustFile), topics: topicIndex(allTopics(['noop'])) };
  const rounds = Number(process.argv[2] ?? 400);
  const opened = (await decode(payload)).map((raw) => openRaw(raw, door));
  const parked = opened.filter(({ kind }) => kind === 'parked');
  if (parked.length > 0 || opened.length < MESSAGES) throw new Error(JSON.stringify(parked[0]));
  console.log(`${messages.length} messages, ${Math.round(payload.length / messages.length)} bytes each`);
  await cost('decode of a fetch', rounds, () => decode(payload));
  const raws = await decode(payload);
  // A door of its own each time: what one has verified of a batch, it knows.
  await cost('door, each message once', rounds, () => {
    const fresh = { ...door, verifier: loadVerifier(keys.trustFile) };
    for (const raw of raws) openRaw(raw, fresh);
  });
  await cost('decode and door', rounds, async () => {
    const fresh = { ...door, verifier: loadVerifier(keys.trustFile) };
    for (const raw of await decode(payload)) openRaw(raw, fresh);
  });
  await cost('seal', rounds, sealAll);
  await cost('partition and encode', rounds, () => send(messages));
}

void main();
