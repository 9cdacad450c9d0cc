import type { Tx } from '@causeway/persistence';

const CLAIM = 'insert into inbox(id) select unnest($1::uuid[]) on conflict do nothing returning id';

/** The inbox as it is claimed by who does not care whose the seat is. */
export const claimWithoutSeat = async (tx: Tx, ids: readonly string[]): Promise<Set<string>> =>
  new Set((await tx.query<{ id: string }>(CLAIM, [ids], 'inbox-claim')).map(({ id }) => id));
