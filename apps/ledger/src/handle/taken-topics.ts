import { deadLetterTopics, governedTopics } from '@causeway/contracts';

/** Everything is remembered: what was sent, and what was refused. */
export const takenTopics = (executors: readonly string[]): string[] =>
  [...governedTopics(executors), ...deadLetterTopics(executors)].map(({ name }) => name);
