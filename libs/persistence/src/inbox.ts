import type { Tx } from './database';
import type { Migration } from './migrations';

/** Ids of the messages whose effects are in this schema. Never cut: a message may come again after any time. */
export const inboxMigration: Migration = {
  name: 'inbox',
  sql: 'create table inbox (id uuid primary key)',
};

const CLAIM = 'insert into inbox(id) select unnest($1::uuid[]) on conflict do nothing returning id';

/** Claims message ids in this transaction; returns those that were not there before. An id given twice counts once. */
export async function claimInbox(tx: Tx, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await tx.query<{ id: string }>(CLAIM, [ids], 'inbox-claim');
  return new Set(rows.map((row) => row.id));
}

/** The first appearance of each message that this schema has not seen, claimed in this transaction; in the given order. */
export async function unseen<T extends { readonly message: { readonly id: string } }>(
  tx: Tx,
  received: readonly T[],
): Promise<T[]> {
  const fresh = await claimInbox(
    tx,
    received.map(({ message }) => message.id),
  );
  return received.filter(({ message }) => fresh.delete(message.id));
}
