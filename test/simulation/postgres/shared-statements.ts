import { DatabaseError } from '@causeway/persistence';
import { listOf, model, numbersOf, type Known } from './known';
import type { Row, Transaction } from './tables';

/** The seat's row, locked: a share lock is modelled as a whole one, since decisions of one process come one after the other. */
function lockedSeat(tx: Transaction): Row | undefined {
  tx.put('seat', 'one', tx.get('seat', 'one') ?? {});
  const row = tx.get('seat', 'one');
  return row?.epoch === undefined ? undefined : row;
}

/** Rows of whom an epoch is still the seat's. */
const ofEpoch = (row: Row | undefined, epoch: string): Row[] => (row?.epoch === epoch ? [{ epoch }] : []);

/** What was packed as one parameter. */
export function cutAt(bytes: Buffer, starts: unknown, lengths: unknown): Buffer[] {
  const length = numbersOf(lengths);
  return numbersOf(starts).map((start, i) => bytes.subarray(start - 1, start - 1 + (length[i] as number)));
}

/** The ids that the inbox did not have. */
const claimed = (tx: Transaction, ids: readonly string[]): Row[] =>
  [...new Set(ids)].filter((id) => tx.insertIfAbsent('inbox', id, {})).map((id) => ({ id }));

const SEAT_STATEMENTS: readonly Known[] = [
  model<[holder: string, seatMs: number]>('seat-take', (tx, [holder, seatMs], { time }) => {
    const before = lockedSeat(tx);
    if (before && (before.expiresAt as number) >= time.now && before.holder !== holder) return [];
    const epoch = String(Number(before?.epoch ?? 0) + 1);
    tx.put('seat', 'one', { holder, epoch, expiresAt: time.now + seatMs });
    return [{ epoch }];
  }),
  model<[epoch: string, seatMs: number]>('seat-renew', (tx, [epoch, seatMs], { time }) => {
    const row = lockedSeat(tx);
    if (row?.epoch === epoch) tx.put('seat', 'one', { ...row, expiresAt: time.now + seatMs });
    return ofEpoch(row, epoch);
  }),
  model<[epoch: string]>('seat-hold', (tx, [epoch]) => ofEpoch(lockedSeat(tx), epoch)),
  model<[ids: unknown, epoch: string]>('seat-claim-inbox', (tx, [ids, epoch]) => {
    if (ofEpoch(lockedSeat(tx), epoch).length === 0)
      throw new DatabaseError('division by zero', '22012', false, false, undefined);
    const fresh = claimed(tx, listOf(ids));
    return fresh.length > 0 ? fresh : [{ id: null }];
  }),
  model<[]>('seat-who', (tx) => {
    const { epoch, holder } = tx.get('seat', 'one') ?? {};
    return epoch === undefined ? [] : [{ epoch, holder }];
  }),
  model<[epoch: string]>('seat-give-up', (tx, [epoch]) => {
    const row = lockedSeat(tx);
    if (row?.epoch === epoch) tx.put('seat', 'one', { ...row, expiresAt: -Infinity });
    return [];
  }),
];

/** Inbox, outbox and seat: libs/persistence. */
export const SHARED_STATEMENTS: readonly Known[] = [
  ...SEAT_STATEMENTS,
  model<[ids: string[]]>('inbox-claim', (tx, [ids]) => claimed(tx, ids)),
  model<[topics: unknown, keys: unknown, signatures: unknown, bytes: Buffer, starts: unknown, lengths: unknown]>(
    'outbox-insert',
    (tx, [topics, keys, signatures, bytes, starts, lengths], { time }) => {
      const [key, signature] = [listOf(keys), listOf(signatures)];
      const values = cutAt(bytes, starts, lengths);
      return listOf(topics).map((topic, i) => {
        const id = String(tx.tables.nextId('outbox'));
        const row = { id, topic, key: key[i], signature: signature[i], value: values[i] };
        tx.insert('outbox', id, { ...row, createdAt: time.now });
        return { id };
      });
    },
  ),
  model<[limit: number, olderThanMs: number]>('outbox-pending', (tx, [limit, olderThanMs], { time }) =>
    tx
      .all('outbox')
      .map(([, row]) => row)
      .filter(({ createdAt }) => (createdAt as number) <= time.now - olderThanMs || (createdAt as number) > time.now)
      .sort((a, b) => Number(a.id) - Number(b.id))
      .slice(0, limit),
  ),
  model<[firsts: number[], lasts: number[]]>('outbox-delete', (tx, [firsts, lasts]) => {
    firsts.forEach((first, i) => {
      for (let id = first; id <= (lasts[i] as number); id++)
        if (tx.get('outbox', String(id))) tx.remove('outbox', String(id));
    });
    return [];
  }),
];
