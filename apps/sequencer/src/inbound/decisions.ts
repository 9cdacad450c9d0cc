import type { DecisionMessage } from '@causeway/contracts';
import type { Received } from '@causeway/messaging';
import type { Pending } from '../handle/pending';

/** What an operator decided, through the console. */
export function pendingDecision({ message, digest }: Received<DecisionMessage>): Pending {
  const { id: eventId, data } = message;
  return { sequenceId: data.sequenceId, eventId, input: { kind: 'decision-received', eventId, digest, data } };
}
