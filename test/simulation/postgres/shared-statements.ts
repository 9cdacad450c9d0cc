import { model, type Known } from './known';

/** Inbox and outbox: libs/persistence. */
export const SHARED_STATEMENTS: readonly Known[] = [
  model<[ids: string[]]>('inbox-claim', (tx, [ids]) =>
    [...new Set(ids)].filter((id) => tx.insertIfAbsent('inbox', id, {})).map((id) => ({ id })),
  ),
  model<[topics: string[], keys: string[], signatures: string[], bytes: Buffer, starts: number[], lengths: number[]]>(
    'outbox-insert',
    (tx, [topics, keys, signatures, bytes, starts, lengths], { time }) => {
      return topics.map((topic, i) => {
        const id = String(tx.tables.nextId('outbox'));
        const start = starts[i] as number;
        const value = bytes.subarray(start - 1, start - 1 + (lengths[i] as number));
        const row = { id, topic, key: keys[i], signature: signatures[i], value };
        tx.insert('outbox', id, { ...row, createdAt: time.now });
        return { id };
      });
    },
  ),
  model<[limit: number, olderThanMs: number]>('outbox-pending', (tx, [limit, olderThanMs], { time }) =>
    tx
      .all('outbox')
      .map(([, row]) => row)
      .filter(({ createdAt }) => (createdAt as number) <= time.now - olderThanMs)
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
