import type { TopicSettings } from '@causeway/contracts';
import { ConfigResourceTypes, type Admin } from 'kafkajs';
import type { Watermark } from '../bus';
import type { Log } from '../log';
import { pause } from '../pause';

const MAX_REPLICATION = 3;
const SERVING_WITHIN_MS = 20_000;
const LEADER_WITHIN_MS = 10_000;

/** What is looked at of a topic that exists: all that `configOf` sets wherever it is. */
export const SETTINGS = [
  'cleanup.policy',
  'retention.ms',
  'max.message.bytes',
  'message.timestamp.type',
  'compression.type',
];

/** Creates the topics that are missing; says where an existing one differs. */
export async function ensureTopics(
  admin: Admin,
  settings: readonly TopicSettings[],
  { prefix, replication, log }: { prefix: string; replication: number | null; log: Log },
): Promise<void> {
  const there = new Set(await admin.listTopics());
  const missing = settings.filter(({ name }) => !there.has(prefix + name));
  if (missing.length > 0) {
    const factor = replication ?? Math.min(MAX_REPLICATION, (await admin.describeCluster()).brokers.length);
    await admin.createTopics({
      // The client's own wait ends with an error when the broker has not yet heard of the topic itself.
      waitForLeaders: false,
      timeout: 10_000,
      topics: missing.map((topic) => ({
        topic: prefix + topic.name,
        numPartitions: topic.partitions,
        replicationFactor: factor,
        configEntries: Object.entries(configOf(topic, factor)).map(([name, value]) => ({ name, value })),
      })),
    });
    await mustServe(
      admin,
      missing.map(({ name }) => name),
      prefix,
    );
  }
  await reportDifferences(
    admin,
    settings.filter(({ name }) => there.has(prefix + name)),
    prefix,
    log,
  );
}

/** A new topic has a leader before that leader serves it: under load for a second or more, in which every send fails. */
async function mustServe(admin: Admin, topics: readonly string[], prefix: string): Promise<void> {
  for (const deadline = performance.now() + SERVING_WITHIN_MS; ; await pause(100)) {
    try {
      await watermarks(admin, topics, prefix);
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
  }
}

export function configOf(topic: TopicSettings, replication: number): Record<string, string> {
  return {
    'cleanup.policy': topic.cleanup,
    'retention.ms': String(topic.retentionMs),
    'max.message.bytes': String(topic.maxMessageBytes),
    // By the broker's clock: it would refuse what a producer's clock dates an hour ahead, and delete early what it dates a month back.
    'message.timestamp.type': 'LogAppendTime',
    // By default the broker keeps what a publisher compressed with; one batch that no reader of ours can open would end them all, again and again.
    'compression.type': 'uncompressed',
    ...(replication >= MAX_REPLICATION ? { 'min.insync.replicas': '2' } : {}),
  };
}

async function reportDifferences(
  admin: Admin,
  settings: readonly TopicSettings[],
  prefix: string,
  log: Log,
): Promise<void> {
  if (settings.length === 0) return;
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: settings.map(({ name }) => ({
      type: ConfigResourceTypes.TOPIC,
      name: prefix + name,
      configNames: SETTINGS,
    })),
  });
  const { topics } = await admin.fetchTopicMetadata({ topics: settings.map(({ name }) => prefix + name) });
  for (const topic of settings) {
    const wanted = { ...configOf(topic, 1), partitions: String(topic.partitions) };
    const config = resources.find(({ resourceName }) => resourceName === prefix + topic.name)?.configEntries ?? [];
    const found: Record<string, string> = Object.fromEntries(
      config.map((entry) => [entry.configName, entry.configValue]),
    );
    found.partitions = String(topics.find(({ name }) => name === prefix + topic.name)?.partitions.length);
    for (const [name, value] of Object.entries(wanted)) {
      if (found[name] === value) continue;
      log.warn(
        { topic: topic.name, setting: name, wanted: value, found: found[name] },
        'topic exists with another setting; left as it is',
      );
    }
  }
}

export async function watermarks(
  admin: Admin,
  topics: readonly string[],
  prefix: string,
): Promise<Map<string, Watermark[]>> {
  const all = new Map<string, Watermark[]>();
  // One after another: kafkajs fetches metadata for each topic that it hears of, under one lock that is waited for no longer than a request.
  for (const topic of topics) {
    const partitions = await offsetsOf(admin, prefix + topic);
    const marks = partitions.map(({ partition, low, high }) => ({ partition, start: BigInt(low), end: BigInt(high) }));
    all.set(
      topic,
      marks.sort((a, b) => a.partition - b.partition),
    );
  }
  return all;
}

/** A topic made a moment ago has no leader everywhere yet: the broker says so, and is asked again for a while. */
async function offsetsOf(admin: Admin, topic: string): ReturnType<Admin['fetchTopicOffsets']> {
  const deadline = performance.now() + LEADER_WITHIN_MS;
  while (true) {
    try {
      return await admin.fetchTopicOffsets(topic);
    } catch (error) {
      if ((error as { retriable?: boolean }).retriable !== true || performance.now() > deadline) throw error;
      await pause(100);
    }
  }
}
