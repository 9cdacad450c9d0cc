import type { Migration } from './migrations';

/**
 * Ids of the messages whose effects are in this schema, claimed in the transaction of their effects ({@link Seat.claimInbox}). Never cut:
 * a message may come again after any time.
 */
export const inboxMigration: Migration = {
  name: 'inbox',
  sql: 'create table inbox (id uuid primary key)',
};

/** The first appearance of each message that is among the fresh ones; in the given order. */
export function firstOf<T extends { readonly message: { readonly id: string } }>(
  received: readonly T[],
  fresh: Iterable<string>,
): T[] {
  const left = new Set(fresh);
  return received.filter(({ message }) => left.delete(message.id));
}
