import { model, type Known } from './known';
import type { Transaction } from './tables';

const MOST_ENDED = 20;

/** apps/sequencer/src/store. */
export const SEQUENCER_STATEMENTS: readonly Known[] = [
  model<[ids: string[]]>('load-streams', (tx, [ids]) =>
    streams(tx, 'fact', ids).map(({ of, body }) => ({ sequence_id: of, body })),
  ),
  model<[ids: string[], versions: number[], bodies: string[]]>('append-facts', (tx, [ids, versions, bodies]) =>
    append(tx, 'fact', ids, versions, bodies),
  ),
  model<[ids: string[], versions: number[], statuses: string[], looks: (number | null)[], targets: string[]]>(
    'move-heads',
    (tx, [ids, versions, statuses, looks, targets]) => {
      ids.forEach((id, i) => {
        // An upsert waits for the row's lock before it reads it.
        tx.put('sequence', id, tx.get('sequence', id) ?? {});
        const before = tx.get('sequence', id) ?? {};
        tx.put('sequence', id, {
          id,
          version: versions[i],
          status: statuses[i],
          lookAtMs: looks[i],
          targets: before.targets ?? (targets[i] ?? '').split(' '),
        });
      });
      return [];
    },
  ),
  model<[]>('last-turn', (tx) => [{ last: String(lastTurn(tx)) }]),
  model<[from: number, to: number]>('take-turns', (tx, [from, to]) => {
    // An update waits for the row's lock before it reads it.
    tx.put('turn', 'one', { last: lastTurn(tx) });
    if (lastTurn(tx) !== from) return [];
    tx.put('turn', 'one', { last: to });
    return [{ last: String(to) }];
  }),
  model<[]>('open-heads', (tx) =>
    tx
      .all('sequence')
      .map(([, row]) => row)
      .filter(({ status, targets }) => status === 'open' && (targets as string[]).some((name) => name !== ''))
      .map(({ id, version }) => ({ id, version })),
  ),
  model<[nowMs: number, limit: number]>('due-sequences', (tx, [nowMs, limit]) =>
    tx
      .all('sequence')
      .map(([, row]) => row)
      .filter(({ lookAtMs }) => lookAtMs !== null && (lookAtMs as number) <= nowMs)
      .sort((a, b) => (a.lookAtMs as number) - (b.lookAtMs as number))
      .slice(0, limit)
      .map(({ id }) => ({ id })),
  ),
  model<[names: string[]]>('load-targets', (tx, [names]) =>
    streams(tx, 'target_fact', names).map(({ of, body }) => ({ target: of, body })),
  ),
  model<[names: string[], versions: number[], bodies: string[]]>(
    'append-target-facts',
    (tx, [names, versions, bodies]) => append(tx, 'target_fact', names, versions, bodies),
  ),
  model<[targets: string[], named: string[]]>('heads-around', (tx, [targets, named]) => {
    const ended = targets.flatMap((name) => (tx.get('target', name)?.ended as string[] | undefined) ?? []);
    const wanted = new Set([...named, ...ended]);
    return tx
      .all('sequence')
      .map(([, row]) => row)
      .filter(({ id, status, targets: own }) => {
        const concerned = status === 'open' && (own as string[]).some((name) => targets.includes(name));
        return concerned || wanted.has(id as string);
      })
      .map(({ id, version }) => ({ id, version }));
  }),
  model<[names: string[], ids: string[]]>('note-ended', (tx, [names, ids]) => {
    names.forEach((name, i) => {
      tx.put('target', name, tx.get('target', name) ?? {});
      const before = (tx.get('target', name)?.ended as string[] | undefined) ?? [];
      tx.put('target', name, { ended: [ids[i] as string, ...before].slice(0, MOST_ENDED) });
    });
    return [];
  }),
];

const lastTurn = (tx: Transaction): number => (tx.get('turn', 'one')?.last as number | undefined) ?? 0;

interface StreamRow {
  readonly of: string;
  readonly version: number;
  readonly body: string;
}

/** One row a version, by stream; a stream's rows are numbered without gaps, so they are found one by one. */
function streams(tx: Transaction, table: string, ids: readonly string[]): StreamRow[] {
  return ids.flatMap((of) => {
    const rows: StreamRow[] = [];
    for (let version = 1; ; version++) {
      const row = tx.get(table, `${of}/${version}`);
      if (!row) return rows;
      rows.push({ of, version, body: row.body as string });
    }
  });
}

function append(tx: Transaction, table: string, ids: string[], versions: number[], bodies: string[]): [] {
  ids.forEach((id, i) => {
    const version = versions[i] as number;
    tx.insert(table, `${id}/${version}`, { version, body: bodies[i] });
  });
  return [];
}
