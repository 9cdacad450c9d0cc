import type { ReadingMessage } from '@causeway/contracts';
import type { Received } from '@causeway/messaging';
import type { Pending } from '../handle/pending';

/** What the prober saw. */
export function pendingReading({ message, digest }: Received<ReadingMessage>): Pending {
  const { id: eventId, data } = message;
  return { sequenceId: data.sequenceId, eventId, input: { kind: 'reading-received', eventId, digest, data } };
}
