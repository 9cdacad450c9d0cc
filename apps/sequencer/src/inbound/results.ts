import type { Result } from '@causeway/contracts';
import type { Received } from '@causeway/messaging';
import type { Pending } from '../handle/pending';

/** What an executor reports. */
export function pendingResult({ message, principal, digest }: Received<Result>): Pending {
  const { id: eventId, data, causationIds } = message;
  return {
    sequenceId: data.sequenceId,
    eventId,
    input: { kind: 'result-received', eventId, principal, causationIds, digest, data },
  };
}
