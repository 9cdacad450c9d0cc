import { listOf, model, numbersOf, type Known } from './known';
import { cutAt } from './shared-statements';
import type { Transaction } from './tables';

const MOST_ENDED = 20;

/** apps/sequencer/src/store. */
export const SEQUENCER_STATEMENTS: readonly Known[] = [
  model<[ids: string[]]>('load-streams', (tx, [ids]) =>
    streams(tx, 'fact', ids).map(({ of, body }) => ({ sequence_id: of, body })),
  ),
  model<AppendParameters>('append-facts', appendFacts),
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
  model<[targets: string[], resources: string[], after: number[]]>('load-targets', (tx, [targets, resources, after]) =>
    targets.flatMap((target, i) => {
      const facts = streams(tx, 'target_fact', [target]);
      const head = facts.at(-1)?.version ?? null;
      const own = facts.filter(({ version, body }) => version > (after[i] ?? 0) && resourceOf(body) === resources[i]);
      const bodies = own.length > 0 ? own.map(({ body }) => body) : [null];
      return bodies.map((body) => ({ place: String(i + 1), head, body }));
    }),
  ),
  model<[names: string[], versions: number[], resources: string[], bodies: string[]]>(
    'append-target-facts',
    (tx, [names, versions, _resources, bodies]) => append(tx, 'target_fact', names, versions, bodies),
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

type Lists<N extends readonly unknown[]> = { [K in keyof N]: unknown };
type AppendParameters = [
  bytes: Buffer,
  ...facts: Lists<['ids', 'versions', 'starts', 'lengths']>,
  ...heads: Lists<['ids', 'versions', 'statuses', 'looks', 'targets']>,
  nowMs: number,
];

function appendFacts(tx: Transaction, params: AppendParameters): [] {
  const [bytes, ids, versions, starts, lengths, heads, headVersions, statuses, looks, targets, nowMs] = params;
  const bodies = cutAt(bytes, starts, lengths).map((body) => body.toString('utf8'));
  append(tx, 'fact', listOf(ids), numbersOf(versions), bodies);
  const [version, status, look, target] = [numbersOf(headVersions), listOf(statuses), listOf(looks), listOf(targets)];
  listOf(heads).forEach((id, i) => {
    // An upsert waits for the row's lock before it reads it.
    tx.put('sequence', id, tx.get('sequence', id) ?? {});
    const before = tx.get('sequence', id) ?? {};
    const wanted = look[i] === 'NULL' ? null : Number(look[i]);
    const lookAtMs =
      status[i] === 'open' ? earlier(before.lookAtMs as number | null | undefined, wanted, nowMs) : wanted;
    const row = { id, version: version[i], status: status[i], lookAtMs };
    tx.put('sequence', id, { ...row, targets: before.targets ?? (target[i] ?? '').split(' ') });
  });
  return [];
}

/** A look that is still to come stays, unless an earlier one is wanted. */
const earlier = (there: number | null | undefined, wanted: number | null, nowMs: number): number | null =>
  typeof there === 'number' && there > nowMs && there <= (wanted ?? there) ? there : wanted;

const lastTurn = (tx: Transaction): number => (tx.get('turn', 'one')?.last as number | undefined) ?? 0;

interface StreamRow {
  readonly of: string;
  readonly version: number;
  readonly body: string;
}

/** Rows by stream: a stream is numbered without gaps, so the next row is found by what the one before holds. */
function streams(tx: Transaction, table: string, ids: readonly string[]): StreamRow[] {
  return ids.flatMap((of) => {
    const rows: StreamRow[] = [];
    for (let version = 1; ;) {
      const row = tx.get(table, `${of}/${version}`);
      if (!row) return rows;
      rows.push({ of, version, body: row.body as string });
      version += countOf(row.body as string);
    }
  });
}

const resourceOf = (body: string): string => (JSON.parse(body) as { mutation: { resource: string } }).mutation.resource;

const countOf = (body: string): number => {
  const facts = JSON.parse(body) as unknown;
  return Array.isArray(facts) ? facts.length : 1;
};

function append(tx: Transaction, table: string, ids: string[], versions: number[], bodies: string[]): [] {
  ids.forEach((id, i) => {
    const version = versions[i] as number;
    tx.insert(table, `${id}/${version}`, { version, body: bodies[i] });
  });
  return [];
}
