import type { TopicSettings } from '@causeway/contracts';
import type { Behind, GroupState, TopicsState, TopicState } from '@causeway/self-check';
import { AssignerProtocol, ConfigResourceTypes, Kafka, logLevel, type Admin } from 'kafkajs';
import type { Watermark } from '../bus';
import { kafkaLog } from './kafka-log';
import { silentLog } from '../log';
import { pause } from '../pause';
import type { KafkaBusOptions } from './kafka-bus';
import { configOf, watermarks, SETTINGS } from './kafka-topics';

/** Looks at a broker for self-checks: a connection of its own, short waits, and nothing is changed. */
export interface BrokerReader {
  /** Topics of ours as they are beside what they should be, and those of our naming that are not among them. */
  topics(settings: readonly TopicSettings[]): Promise<TopicsState>;
  /** A group at the end of everything, or looked at twice. */
  group(groupId: string): Promise<GroupState>;
  /** Which of these topics hold messages from after that moment, Unix milliseconds. */
  withMessagesAfter(topics: readonly string[], ms: number): Promise<string[]>;
  watermarks(topics: readonly string[]): Promise<Map<string, Watermark[]>>;
  close(): Promise<void>;
}

/** A committed offset that has not moved for so long does not move: commits come every 200 ms. */
const WATCH_MS = 5_000;
const LOOK_EVERY_MS = 500;

/** Connects and has been answered once, or throws within seconds, in words that are the same for all who use that broker. */
export async function openBrokerReader(
  options: Pick<KafkaBusOptions, 'brokers' | 'prefix' | 'clientId'>,
): Promise<BrokerReader> {
  const kafka = new Kafka({
    clientId: options.clientId,
    brokers: [...options.brokers],
    connectionTimeout: 2_000,
    requestTimeout: 2_500,
    logLevel: logLevel.NOTHING,
    logCreator: kafkaLog(silentLog),
    retry: { retries: 1, initialRetryTime: 100, maxRetryTime: 500 },
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    // A broker that hangs still lets itself be connected to.
    await admin.listTopics();
  } catch (error) {
    void admin.disconnect().catch(() => undefined);
    throw new Error(`does not answer (${codeOf(error)})`, { cause: error });
  }
  return new KafkaBrokerReader(admin, options.prefix ?? '', options.brokers[0] ?? '');
}

function codeOf(error: unknown): string {
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: { readonly code?: unknown } };
  return String(code ?? cause?.code ?? 'silent');
}

class KafkaBrokerReader implements BrokerReader {
  constructor(
    private readonly admin: Admin,
    private readonly prefix: string,
    private readonly broker: string,
  ) {}

  async topics(settings: readonly TopicSettings[]): Promise<TopicsState> {
    const { admin, prefix, broker } = this;
    const there = new Set(await admin.listTopics());
    const known = settings.filter(({ name }) => there.has(prefix + name)).map(({ name }) => prefix + name);
    const [configs, places] = await Promise.all([this.settingsOf(known), this.placesOf(known)]);
    const topics = settings.map((one): TopicState => {
      const name = prefix + one.name;
      const found = places.get(name);
      const wanted = { partitions: one.partitions, settings: configOf(one, 1) };
      if (!found) return { name: one.name, wanted, found: null };
      return {
        name: one.name,
        wanted,
        found: { partitions: found.length, settings: configs.get(name) ?? {}, places: found },
      };
    });
    const ours = new Set(settings.map(({ name }) => prefix + name));
    const strangers = [...there].filter((name) => name.startsWith(`${prefix}causeway.`) && !ours.has(name));
    return { topics, strangers: strangers.map((name) => name.slice(prefix.length)).sort(), broker, prefix };
  }

  private async settingsOf(names: readonly string[]): Promise<Map<string, Record<string, string>>> {
    if (names.length === 0) return new Map();
    const { resources } = await this.admin.describeConfigs({
      includeSynonyms: false,
      resources: names.map((name) => ({ type: ConfigResourceTypes.TOPIC, name, configNames: SETTINGS })),
    });
    return new Map(
      resources.map(({ resourceName, configEntries }) => [
        resourceName,
        Object.fromEntries(configEntries.map(({ configName, configValue }) => [configName, configValue])),
      ]),
    );
  }

  private async placesOf(names: readonly string[]) {
    if (names.length === 0) return new Map<string, never>();
    const { topics } = await this.admin.fetchTopicMetadata({ topics: [...names] });
    return new Map(
      topics.map(({ name, partitions }) => [
        name,
        partitions.map(({ partitionId, leader, replicas, isr }) => ({
          partition: partitionId,
          leader,
          replicas: replicas.length,
          inSync: isr.length,
        })),
      ]),
    );
  }

  async group(groupId: string): Promise<GroupState> {
    const begun = performance.now();
    const before = await this.reached(groupId);
    let now = before;
    while (now.members > 0 && now.behind.length > 0 && performance.now() - begun < WATCH_MS) {
      await pause(LOOK_EVERY_MS);
      now = await this.reached(groupId);
      if (now.behind.every((one) => now.at(one) !== before.at(one))) break;
    }
    const still = now.behind.filter((one) => before.isBehind(one) && now.at(one) === before.at(one));
    const { group, state, members, behind } = now;
    return { group, state, members, behind, still, watchedMs: performance.now() - begun };
  }

  private async reached(groupId: string) {
    const id = this.prefix + groupId;
    const { groups } = await this.admin.describeGroups([id]);
    const { state = 'Dead', members = [] } = groups[0] ?? {};
    const committed = await this.committedOf(id, members.flatMap(assignedTopics));
    const marks = await watermarks(this.admin, [...new Set(committed.map(({ topic }) => topic))], '');
    const behind: Behind[] = committed.flatMap(({ topic, partition, offset }) => {
      const mark = marks.get(topic)?.find((one) => one.partition === partition);
      if (!mark) return [];
      const at = offset < mark.start ? mark.start : offset;
      const lag = Number(mark.end - at);
      return lag > 0 ? [{ topic: topic.slice(this.prefix.length), partition, lag }] : [];
    });
    const offsets = new Map(committed.map(({ topic, partition, offset }) => [`${topic}/${partition}`, offset]));
    const at = ({ topic, partition }: Behind) => offsets.get(`${this.prefix}${topic}/${partition}`);
    const isBehind = (one: Behind) => behind.some((other) => isSamePlace(one, other));
    return { group: groupId, state, members: members.length, behind, at, isBehind };
  }

  /** Where the group stands: on what its members read now, or without members on what they last did. */
  private async committedOf(groupId: string, assigned: readonly string[]) {
    const there = new Set(await this.admin.listTopics());
    const known = assigned.length > 0 ? assigned : await this.onceCommitted(groupId);
    const topics = [...new Set(known)].filter((topic) => there.has(topic));
    if (topics.length === 0) return [];
    // Asked by topic, the broker names the partitions too of which nothing was ever committed.
    const committed = await this.admin.fetchOffsets({ groupId, topics });
    return committed.flatMap(({ topic, partitions }) =>
      partitions.map(({ partition, offset }) => ({ topic, partition, offset: BigInt(offset) })),
    );
  }

  private async onceCommitted(groupId: string): Promise<string[]> {
    const committed = await this.admin.fetchOffsets({ groupId });
    return committed.map(({ topic }) => topic);
  }

  async withMessagesAfter(topics: readonly string[], ms: number): Promise<string[]> {
    const there = new Set(await this.admin.listTopics());
    const asked = topics.filter((topic) => there.has(this.prefix + topic));
    // The ends first: asked for a time after the last message, the broker answers with the end as it is by then.
    const ends = await this.watermarks(asked);
    const found = await Promise.all(asked.map((topic) => this.hasMessagesAfter(topic, ms, ends.get(topic) ?? [])));
    return asked.filter((_, i) => found[i]);
  }

  private async hasMessagesAfter(topic: string, ms: number, ends: readonly Watermark[]): Promise<boolean> {
    const first = await this.admin.fetchTopicOffsetsByTimestamp(this.prefix + topic, ms);
    const endOf = (partition: number) => ends.find((one) => one.partition === partition)?.end ?? 0n;
    return first.some(({ partition, offset }) => BigInt(offset) >= 0n && BigInt(offset) < endOf(partition));
  }

  watermarks(topics: readonly string[]): Promise<Map<string, Watermark[]>> {
    return watermarks(this.admin, topics, this.prefix);
  }

  close(): Promise<void> {
    return this.admin.disconnect();
  }
}

const isSamePlace = (a: Behind, b: Behind): boolean => a.topic === b.topic && a.partition === b.partition;

const assignedTopics = ({ memberAssignment }: { readonly memberAssignment: Buffer }): string[] =>
  memberAssignment.length === 0
    ? []
    : Object.keys(AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment ?? {});
