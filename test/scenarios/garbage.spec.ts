import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  allTopics,
  DEAD_LETTER_TYPE,
  deadLetterData,
  type DeadLetterData,
  type TopicSettings,
} from '@causeway/contracts';
import { readOutcome } from '@causeway/lab';
import { sha256Hex } from '@causeway/signing';
import { Kafka, logLevel, type Producer } from 'kafkajs';
import { Garbage, type Piece } from './garbage';
import { FLAG, flagStep, planOf } from './plans';
import { Publisher, PUBLISHER } from './publisher';
import { Story } from './story';
import { EXECUTORS } from './tape';
import { until } from './until';

/** Everything that is no message of ours, on every topic, while sound intents come in between. */
jest.setTimeout(240_000);

const TOPICS = allTopics(EXECUTORS);
const ACCEPTED_WITHIN_MS = 5_000;
const RAISED_BYTES = 2 * 1024 * 1024;

interface Laid extends Piece {
  /** `topic/partition/offset` */
  readonly place: string;
  readonly topic: string;
}

let story: Story;
let kafka: Kafka;
let producer: Producer;
let publisher: Publisher;
let pids: readonly number[];
const laid: Laid[] = [];
const ids: string[] = [];

beforeAll(async () => {
  story = await Story.begin({ publishers: [PUBLISHER], euWestDelaySeconds: 2 });
  pids = alive();
  publisher = new Publisher(story.world);
  kafka = new Kafka({ brokers: story.world.kafka.brokers.split(','), logLevel: logLevel.NOTHING });
  producer = kafka.producer();
  await producer.connect();
  await allowLargeMessages();
});
afterAll(async () => {
  await producer?.disconnect();
  await publisher?.close();
  await story?.end();
});

describe('garbage on every topic', () => {
  it.each([1, 2, 3])('a sound intent in the middle of it is accepted within 5 s (%i)', async (round) => {
    const garbage = new Garbage(story.world);
    const throwing = Promise.all(
      TOPICS.map((topic) =>
        lay(
          topic,
          garbage.on(topic).filter((_, i) => i % 3 === round - 1),
        ),
      ),
    );
    const sentAtMs = Date.now();
    const id = await publisher.publish(planOf(`sound-${round}`, flagStep(FLAG, round % 2 === 1)));
    const { atMs } = await story.tape.fact(id, 'sequence-accepted');
    await throwing;
    ids.push(id);
    process.stderr.write(`  accepted after ${atMs - sentAtMs} ms\n`);
    expect(atMs - sentAtMs).toBeLessThan(ACCEPTED_WITHIN_MS);
    await story.tape.fact(id, 'sequence-ended', { outcome: 'completed' });
  });

  it('every piece is parked for its reason, and recorded once', async () => {
    const parked = await until(
      'all pieces in the export',
      async () => {
        const found = await parkedInLedger();
        return laid.every(({ place }) => found.has(place)) ? found : null;
      },
      60_000,
    );
    expect(laid).toHaveLength(18 * TOPICS.length);
    for (const { place, what, reason, value } of laid) {
      const records = parked.get(place) ?? [];
      expect({ place, what, reasons: records.map((record) => record.reason) }).toEqual({
        place,
        what,
        reasons: [reason],
      });
      expect(records[0]?.digest).toBe(sha256Hex(value ?? Buffer.alloc(0)));
    }
  });

  it('no service has stopped, and all are ready', async () => {
    expect(alive()).toEqual(pids);
    for (const service of story.world.services.all.values()) {
      const answer = await fetch(`${service.url}/health/ready`);
      expect([service.name, answer.status]).toEqual([service.name, 200]);
    }
  });

  it('changed nothing: only the sound intents reached the flag', async () => {
    for (const id of ids) expect((await story.ended(id)).status).toBe('completed');
    expect((await readOutcome(story.world.lab)).writes).toEqual({ idp: 0, shop: 0, edge: 0, flags: 6 });
  });

  it('the accounting adds up with every piece counted as parked, and the export verifies offline', async () => {
    expect(await story.closingFaults()).toEqual([]);
    const { partitions } = JSON.parse((await story.world.accounting('--json')).stdout) as {
      partitions: { topic: string; parked: number }[];
    };
    for (const topic of new Set(partitions.map((partition) => partition.topic))) {
      const parked = partitions.filter((one) => one.topic === topic).reduce((sum, one) => sum + one.parked, 0);
      expect([topic, parked]).toEqual([topic, laid.filter((one) => one.topic === topic).length]);
    }
  });
});

/** The broker itself refuses 1 MB by the topics' settings: a producer with other settings, or an operator's hand, may not. */
async function allowLargeMessages(): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  const configEntries = [{ name: 'max.message.bytes', value: String(RAISED_BYTES) }];
  // 2 is Kafka's number of the resource type "topic"; kafkajs has it as a const enum, which does not exist at run time.
  const resources = TOPICS.map(({ name }) => ({ type: 2, name: onBroker(name), configEntries }));
  await admin.alterConfigs({ validateOnly: false, resources });
  await admin.disconnect();
}

/** Spread over the partitions, one by one: each answer says where the piece lies. */
async function lay({ name, partitions }: TopicSettings, pieces: readonly Piece[]): Promise<void> {
  for (const [i, piece] of pieces.entries()) {
    const { key, value, headers } = piece;
    const messages = [{ key, value, headers: { ...headers }, partition: i % partitions }];
    const [answer] = await producer.send({ topic: onBroker(name), messages });
    laid.push({ ...piece, topic: name, place: `${name}/${answer?.partition}/${answer?.baseOffset}` });
  }
}

const onBroker = (topic: string): string => story.world.topicPrefix + topic;

function alive(): number[] {
  const all = [...story.world.services.all.values()].map((service) => service.pid());
  return all.filter((pid) => process.kill(pid, 0));
}

async function parkedInLedger(): Promise<Map<string, DeadLetterData[]>> {
  const file = join(story.world.runDir, 'parked.jsonl');
  await story.world.causeway('export', '--out', file);
  const parked = new Map<string, DeadLetterData[]>();
  for (const line of readFileSync(file, 'utf8').trim().split('\n')) {
    const { data } = JSON.parse(line) as { data?: { eventType?: string; value: string } };
    if (data?.eventType !== DEAD_LETTER_TYPE) continue;
    const letter = deadLetterData.parse((JSON.parse(data.value) as { data: unknown }).data);
    const place = `${letter.topic}/${letter.partition}/${letter.offset}`;
    parked.set(place, [...(parked.get(place) ?? []), letter]);
  }
  return parked;
}
