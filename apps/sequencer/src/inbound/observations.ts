import type { Mutation } from '@causeway/contracts';
import type { Received } from '@causeway/messaging';
import type { PendingMutation } from '../handle/pending';

/** A change that an observer saw. */
export function pendingMutation({ message, digest }: Received<Mutation>): PendingMutation {
  const { id: eventId, data: mutation } = message;
  return { target: mutation.target, eventId, digest, mutation };
}
