import { deadLetterTopic, DEAD_LETTER_TYPE, uuidFromHash, type DeadLetterData } from '@causeway/contracts';
import { sha256 } from '@causeway/signing';
import type { Draft } from './envelopes';

/** Where a topic's refused messages are parked. What lies on a dead-letter topic and is no dead letter is parked there too. */
export const deadLetterTopicOf = (topic: string): string => (topic.endsWith('.dlq') ? topic : deadLetterTopic(topic));

/** The same for every service that parks what lies in this place, so that the ledger keeps one record of it. */
export const deadLetterId = ({
  topic,
  partition,
  offset,
}: Pick<DeadLetterData, 'topic' | 'partition' | 'offset'>): string =>
  uuidFromHash(sha256(Buffer.from(`${topic}/${partition}/${offset}`)));

export function deadLetterDraft(data: DeadLetterData): Draft {
  const id = deadLetterId(data);
  return {
    id,
    topic: deadLetterTopicOf(data.topic),
    key: `${data.topic}/${data.partition}`,
    type: DEAD_LETTER_TYPE,
    subject: `${data.topic}/${data.partition}/${data.offset}`,
    correlationId: id,
    causationIds: [],
    data,
  };
}
