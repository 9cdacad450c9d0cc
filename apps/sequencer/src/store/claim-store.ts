import type { Tx } from '@causeway/persistence';
import type { StoredHead } from './target-store';

/** Somebody else has taken turns since this batch looked: what it decided on conflict keys is not true any more. */
export class TurnsMoved extends Error {
  override readonly name = 'TurnsMoved';
}

/** The last turn that was taken; 0: none was. */
export async function lastTurn(tx: Tx): Promise<number> {
  const [row] = await tx.query<{ last: string }>('SELECT last FROM turn', [], 'last-turn');
  if (!row) throw new Error('broken invariant: the turns have no row');
  return Number(row.last);
}

/** Takes the turns after `from` up to `to`. @throws TurnsMoved when `from` is not the last one any more: nothing may stay then */
export async function takeTurns(tx: Tx, from: number, to: number): Promise<void> {
  const rows = await tx.query('UPDATE turn SET last = $2 WHERE last = $1 RETURNING last', [from, to], 'take-turns');
  if (rows.length !== 1) throw new TurnsMoved(`turn ${from} is not the last one any more`);
}

/** The open sequences that are to change something. */
export function openHeads(tx: Tx): Promise<StoredHead[]> {
  return tx.query<StoredHead>(
    `SELECT id, version FROM sequence WHERE status = 'open' AND targets <> '{}'`,
    [],
    'open-heads',
  );
}
