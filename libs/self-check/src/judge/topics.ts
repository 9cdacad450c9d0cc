import { ok, wrong, type Finding } from '../finding';
import { spanText } from './clock';

/** A topic as it is and as it should be. */
export interface TopicState {
  readonly name: string;
  readonly wanted: TopicForm;
  /** null: there is no such topic. */
  readonly found: (TopicForm & { readonly places: readonly PartitionPlace[] }) | null;
}

interface TopicForm {
  readonly partitions: number;
  /** Broker setting, to its value. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface PartitionPlace {
  readonly partition: number;
  /** Broker; -1: none. */
  readonly leader: number;
  readonly replicas: number;
  readonly inSync: number;
}

export interface TopicsState {
  readonly topics: readonly TopicState[];
  /** Topics of our naming that no release of ours made for these executors. */
  readonly strangers: readonly string[];
  /** host:port of a broker and the prefix of names there, for commands. */
  readonly broker: string;
  readonly prefix: string;
}

export function judgeTopics({ topics, strangers, broker, prefix }: TopicsState): Finding[] {
  const bad = [
    ...topics.flatMap((topic) => ofTopic(topic, broker, prefix)),
    ...strangers.map((name) => ofStranger(name)),
  ];
  return bad.length > 0 ? bad : [ok('topics', `all ${topics.length}`, 'as they should be')];
}

function ofTopic({ name, wanted, found }: TopicState, broker: string, prefix: string): Finding[] {
  if (!found)
    return [
      wrong('failing', 'topics', name, 'does not exist', 'start any service again: it makes the topics it misses'),
    ];
  return [...settingsOf(name, wanted, found, `--bootstrap-server ${broker}`, prefix), ...placesOf(name, found.places)];
}

function settingsOf(name: string, wanted: TopicForm, found: TopicForm, server: string, prefix: string): Finding[] {
  const findings = Object.entries(wanted.settings)
    .filter(([key, value]) => found.settings[key] !== value)
    .map(([key, value]) =>
      wrong(
        'failing',
        'topics',
        name,
        `${key} is ${found.settings[key] ?? 'not set'}, should be ${value}${meaningOf(key, found.settings[key])}`,
        `kafka-configs.sh ${server} --alter --entity-type topics --entity-name ${prefix}${name} --add-config ${key}=${value}`,
      ),
    );
  if (found.partitions === wanted.partitions) return findings;
  const more = found.partitions < wanted.partitions;
  const remedy = more
    ? `while nothing is under way: kafka-topics.sh ${server} --alter --topic ${prefix}${name} --partitions ${wanted.partitions}`
    : 'partitions cannot be taken away: leave it so; order holds per key as long as the number stays';
  const what = `has ${found.partitions} partitions, should have ${wanted.partitions}`;
  return [...findings, wrong(more ? 'failing' : 'attention', 'topics', name, what, remedy)];
}

function meaningOf(key: string, value: string | undefined): string {
  if (key === 'retention.ms' && value !== undefined && Number(value) > 0)
    return `: what is older than ${spanText(Number(value))} is thrown away`;
  if (key === 'message.timestamp.type')
    return ': a writer whose clock is wrong has its messages refused or thrown away';
  if (key === 'compression.type') return ': a publisher that compresses with snappy, lz4 or zstd ends all readers';
  if (key === 'cleanup.policy' && value?.includes('compact')) return ': messages of one key replace each other';
  return '';
}

function placesOf(name: string, places: readonly PartitionPlace[]): Finding[] {
  const leaderless = places.filter(({ leader }) => leader < 0).map(({ partition }) => partition);
  const thin = places.filter(({ leader, replicas, inSync }) => leader >= 0 && inSync < replicas);
  const remedy = 'a broker is away: start it again, and see that all of its topics come back in sync';
  return [
    ...(leaderless.length === 0
      ? []
      : [wrong('failing', 'topics', name, `no leader for partition ${leaderless.join(', ')}`, remedy)]),
    ...(thin.length === 0
      ? []
      : [
          wrong(
            'failing',
            'topics',
            name,
            `replicas out of sync in partition ${thin.map(({ partition }) => partition).join(', ')}`,
            remedy,
          ),
        ]),
  ];
}

const ofStranger = (name: string): Finding =>
  wrong(
    'attention',
    'topics',
    name,
    'nobody here knows this topic: the ledger does not take what lies on it',
    'is its executor missing in CAUSEWAY_EXECUTORS of this service? else it is left over from another time and may be deleted',
  );
