import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { allTopics, type Envelope } from '@causeway/contracts';
import { generateKeys, loadSigner, loadVerifier, newEventId } from '@causeway/signing';
import { openRaw, seal, topicIndex, type Draft, type RawMessage, type Sealed } from '../src';
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
type Kafkajs = (...args: any[]) => any;

/** kafkajs's own way from messages to the bytes of a request, with a cluster of one broker that sends nothing. */
function sending(): (messages: readonly Sealed[]) => Promise<number> {
  const createSendMessages = load('kafkajs/src/producer/sendMessages.js') as Kafkajs;
  const createRequest = load('kafkajs/src/protocol/request.js') as Kafkajs;
  const { protocol } = load('kafkajs/src/protocol/requests/produce/index.js') as { protocol: Kafkajs };
  const createRetry = load('kafkajs/src/retry/index.js') as Kafkajs;
  let written = 0;
  const broker = {
    nodeId: '0',
    produce: async (fields: object) => {
      const { request } = protocol({ version: 7 })(fields);
      written += ((await createRequest({ correlationId: 1, clientId: 'cost', request })) as Encoded).buffer.length;
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

/** A fetch response (version 11) that holds these messages. */
async function fetched(messages: readonly Sealed[]): Promise<Buffer> {
  const Encoder = load('kafkajs/src/protocol/encoder.js') as new () => any;
  const record = load('kafkajs/src/protocol/recordBatch/record/v0/index.js') as Kafkajs;
  const { RecordBatch } = load('kafkajs/src/protocol/recordBatch/v0/index.js') as { RecordBatch: Kafkajs };
  const topics = byTopic(messages, '');
  const out = new Encoder().writeInt32(0).writeInt16(0).writeInt32(0).writeInt32(topics.length);
  for (const { topic, messages: ofTopic } of topics) {
    out.writeString(topic).writeInt32(PARTITIONS);
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const own = ofTopic.filter((_, i) => i % PARTITIONS === partition);
      const records = own.map((message, i) => record({ ...message, offsetDelta: i, timestampDelta: 0 }));
      const batch = (await RecordBatch({ records, lastOffsetDelta: records.length - 1 })) as Encoded;
      out.writeInt32(partition).writeInt16(0).writeInt64(1_000_000).writeInt64(1_000_000).writeInt64(0);
      out.writeInt32(-1).writeInt32(-1).writeBytes(batch.buffer);
    }
  }
  return out.buffer as Buffer;
}

function decoding(): (payload: Buffer) => Promise<RawMessage[]> {
  const response = load('kafkajs/src/protocol/requests/fetch/v11/response.js') as { decode: Kafkajs; parse: Kafkajs };
  const Batch = load('kafkajs/src/consumer/batch.js') as new (...args: any[]) => any;
  return async (payload) => {
    const { responses } = await response.parse(await response.decode(payload));
    return responses.flatMap(({ topicName, partitions }: any) =>
      partitions.flatMap((data: any) => {
        const batch = new Batch(topicName, '0', data);
        return batch.messages.map((message: FetchedRecord) =>
          rawOf({ topic: topicName, partition: data.partition }, message),
        );
      }),
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
