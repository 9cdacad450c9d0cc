import { setTimeout as pause } from 'node:timers/promises';
import { allTopics } from '@causeway/contracts';
import { createKafkaBus } from '@causeway/messaging';
import { Kafka, logLevel, type Admin } from 'kafkajs';
import { EXECUTOR } from '../world/plan';
import { Spared } from './spared';

/** What puts work on the topics. */
export interface Load {
  hold(): void;
  letGo(): void;
  isIdle(): boolean;
}

export interface MakingAnew {
  readonly brokers: string;
  readonly prefix: string;
  readonly topic: string;
  readonly load: Load;
  /** How long there is no such topic, milliseconds, while work goes on. */
  readonly goneForMs: number;
}

const IDLE_WITHIN_MS = 40_000;
const STILL_FOR_MS = 500;
const POLL_MS = 100;

/**
 * Deletes a topic under the running system and lets the product make it anew, with the same settings. What lies there unread would be
 * gone (decision 0022): so at a moment when every group has read it to its end. Work goes on before it is there again.
 */
export async function makeAnew({ brokers, prefix, topic, load, goneForMs }: MakingAnew): Promise<void> {
  const admin = new Kafka({
    brokers: brokers.split(','),
    clientId: 'chaos-topics',
    logLevel: logLevel.NOTHING,
  }).admin();
  await admin.connect();
  try {
    load.hold();
    await untilDrained(admin, prefix, topic, load);
    await admin.deleteTopics({ topics: [prefix + topic] });
    while ((await admin.listTopics()).includes(prefix + topic)) await pause(POLL_MS);
    load.letGo();
    await pause(goneForMs);
    await makeTopics(brokers, prefix);
  } finally {
    load.letGo();
    await admin.disconnect();
  }
}

async function untilDrained(admin: Admin, prefix: string, topic: string, load: Load): Promise<void> {
  const deadline = performance.now() + IDLE_WITHIN_MS;
  for (let before = ''; ; await pause(STILL_FOR_MS)) {
    const now = load.isIdle() ? await readToItsEnd(admin, prefix, topic) : null;
    if (now !== null && now === before) return;
    before = now ?? '';
    if (performance.now() > deadline) throw new Spared('not drained in time');
  }
}

/** The ends of its partitions when every group that ever read it has committed them all, else null. */
async function readToItsEnd(admin: Admin, prefix: string, topic: string): Promise<string | null> {
  const ends = await admin.fetchTopicOffsets(prefix + topic);
  const { groups } = await admin.listGroups();
  for (const { groupId } of groups.filter((group) => group.groupId.startsWith(prefix))) {
    const [{ partitions } = { partitions: [] }] = await admin.fetchOffsets({ groupId, topics: [prefix + topic] });
    const committed = new Map(partitions.map(({ partition, offset }) => [partition, offset]));
    const reads = partitions.some(({ offset }) => Number(offset) >= 0);
    if (reads && ends.some(({ partition, high }) => high !== '0' && committed.get(partition) !== high)) return null;
  }
  return ends.map(({ partition, high }) => `${partition}:${high}`).join();
}

async function makeTopics(brokers: string, prefix: string): Promise<void> {
  const bus = createKafkaBus({ brokers: brokers.split(','), clientId: 'chaos-topics', prefix });
  try {
    await bus.ensureTopics(allTopics([EXECUTOR]));
  } finally {
    await bus.close();
  }
}
