import { limits } from './limits';

/**
 * Every topic, who may write it, and the settings it is created with. Lower case, dots only, no environment in the name.
 * `writers` are principals; a trailing `*` matches any ending. Retention in milliseconds, -1 keeps for ever.
 */
export interface TopicSettings {
  readonly name: string;
  readonly partitions: number;
  readonly retentionMs: number;
  readonly cleanup: 'delete' | 'compact';
  readonly maxMessageBytes: number;
  readonly writers: readonly string[];
}

const DAY_MS = 86_400_000;
/** Value, headers and the batch's own framing. */
const MAX_MESSAGE_BYTES = limits.messageBytes + 64 * 1024;

const topic = (name: string, writers: readonly string[], more: Partial<TopicSettings> = {}): TopicSettings => ({
  name,
  partitions: 4,
  retentionMs: -1,
  cleanup: 'delete',
  maxMessageBytes: MAX_MESSAGE_BYTES,
  writers,
  ...more,
});

export const topicNames = {
  intents: 'causeway.intents.v1',
  results: 'causeway.results.v1',
  probes: 'causeway.probes.v1',
  readings: 'causeway.readings.v1',
  observations: 'causeway.observations.v1',
  decisions: 'causeway.decisions.v1',
  records: 'causeway.records.v1',
  refusals: 'causeway.refusals.v1',
  ledger: 'causeway.ledger.v1',
  checkpoints: 'causeway.checkpoints.v1',
} as const;

export const commandsTopic = (executor: string): string => `causeway.commands.${executor}.v1`;
export const deadLetterTopic = (name: string): string => `${name}.dlq`;

/** The governed topics without dead letters: everything that the ledger takes besides them. */
export function governedTopics(executors: readonly string[]): TopicSettings[] {
  return [
    topic(topicNames.intents, ['console', 'publisher-*'], { retentionMs: 7 * DAY_MS }),
    ...executors.map((executor) => topic(commandsTopic(executor), ['sequencer'])),
    topic(topicNames.results, ['executor-*']),
    topic(topicNames.probes, ['sequencer']),
    topic(topicNames.readings, ['readiness-prober']),
    topic(topicNames.observations, ['executor-*'], { retentionMs: 30 * DAY_MS }),
    topic(topicNames.decisions, ['console']),
    topic(topicNames.records, ['sequencer']),
    topic(topicNames.refusals, ['sequencer', 'readiness-prober', 'ledger', 'executor-*'], { partitions: 1 }),
  ];
}

/** What the ledger writes. One partition each: the log has one order. */
export function ledgerTopics(): TopicSettings[] {
  return [
    topic(topicNames.ledger, ['ledger'], { partitions: 1, maxMessageBytes: 2 * MAX_MESSAGE_BYTES }),
    topic(topicNames.checkpoints, ['ledger'], { partitions: 1 }),
  ];
}

/** Services that read a topic park what they cannot read on its dead-letter topic; so all of them may write it. */
export function deadLetterTopics(executors: readonly string[]): TopicSettings[] {
  return [...governedTopics(executors), ...ledgerTopics()].map(({ name }) =>
    topic(deadLetterTopic(name), ['sequencer', 'readiness-prober', 'ledger', 'console', 'executor-*'], {
      retentionMs: 30 * DAY_MS,
      partitions: 1,
    }),
  );
}

export const allTopics = (executors: readonly string[]): TopicSettings[] => [
  ...governedTopics(executors),
  ...ledgerTopics(),
  ...deadLetterTopics(executors),
];

/** Whether a principal may write a topic. */
export const mayWrite = (settings: TopicSettings, principal: string): boolean =>
  settings.writers.some((writer) =>
    writer.endsWith('*') ? principal.startsWith(writer.slice(0, -1)) : writer === principal,
  );
