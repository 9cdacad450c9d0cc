import { model, type Known } from './known';
import type { Transaction } from './tables';

/** libs/executor-host/src/observing. Times are not compared: nothing is forgotten in a run as short as ours. */
export const OBSERVING_STATEMENTS: readonly Known[] = [
  model<[target: string, holder: string]>('insert into observing(target, holder)', (tx, [target, holder], { time }) => {
    const before = tx.get('observing', target);
    if (before && before.holder !== holder && isLiving(tx, before.holder as string, time.now)) return [];
    const row = { cursor: null, toldTo: null, ...before, holder };
    tx.put('observing', target, row);
    return [{ cursor: row.cursor, toldTo: row.toldTo }];
  }),
  model<[target: string, holder: string]>('select from observing where target', (tx, [target, holder]) => {
    const before = tx.get('observing', target);
    if (!before) return [];
    // "for update": whoever moves it has to wait, and what is asked is asked of the row as it then is.
    tx.put('observing', target, before);
    return tx.get('observing', target)?.holder === holder ? [{}] : [];
  }),
  model<[target: string, ids: string[]]>('insert into observed(target, source_id)', (tx, [target, ids]) =>
    [...new Set(ids)]
      .filter((id) => tx.insertIfAbsent('observed', `${target}/${id}`, {}))
      .map((id) => ({ sourceId: id })),
  ),
  model<[target: string, cursor: string, toldTo: string]>(
    'update observing set cursor',
    (tx, [target, cursor, toldTo]) => {
      const row = tx.get('observing', target);
      if (row) tx.put('observing', target, { ...row, cursor: JSON.parse(cursor) as unknown, toldTo });
      return [];
    },
  ),
  model<[]>('delete from observed where target', () => []),
];

function isLiving(tx: Transaction, holder: string, nowMs: number): boolean {
  const lease = tx.get('workers', holder);
  return lease !== undefined && !lease.lost && (lease.expiresAt as number) > nowMs;
}
