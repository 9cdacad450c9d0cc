import type { Tx } from '@causeway/persistence';
import { stateOver, type CoverageInterval } from '../fold/coverage';
import type { ClassRow, MutationRow, Observed } from '../fold/observed';

/** What observers saw, as tables. A batch without any of it costs no statement. */
export async function insertObserved(tx: Tx, { mutations, classes, coverage }: Observed): Promise<void> {
  if (mutations.length > 0) await insertMutations(tx, mutations);
  if (classes.length > 0) await insertClasses(tx, classes);
  if (coverage.length > 0) await stateCoverage(tx, coverage);
}

async function insertMutations(tx: Tx, rows: readonly MutationRow[]): Promise<void> {
  const column = <T>(of: (row: MutationRow) => T): T[] => rows.map(of);
  await tx.query(
    `insert into mutation(index, id, target, resource, by, happened_from, happened_to, observed_at, recorded_at, body)
       select * from unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[],
         $8::timestamptz[], $9::timestamptz[], $10::text[])
       on conflict (id) do nothing`,
    [
      column(({ index }) => index),
      column(({ id }) => id),
      column(({ data }) => data.target),
      column(({ data }) => data.resource),
      column(({ data }) => data.by.kind),
      column(({ data: { happened } }) => (happened.kind === 'at' ? happened.at : happened.from)),
      column(({ data: { happened } }) => (happened.kind === 'at' ? happened.at : happened.to)),
      column(({ data }) => data.observedAt),
      column(({ recordedAt }) => recordedAt),
      column(({ data }) => JSON.stringify(data)),
    ],
    'console-insert-mutations',
  );
}

/** A mutation is in the ledger before its class, so its row is there. */
async function insertClasses(tx: Tx, rows: readonly ClassRow[]): Promise<void> {
  await tx.query(
    `update mutation m set class = c.class, class_index = c.index, class_body = c.body, match_sequence = c.match
       from unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::uuid[]) as c(id, class, index, body, match)
       where m.id = c.id and m.class is null`,
    [
      rows.map(({ data }) => data.mutation),
      rows.map(({ data }) => data.class),
      rows.map(({ index }) => index),
      rows.map(({ data }) => JSON.stringify(data)),
      rows.map(({ data }) => data.match?.sequenceId ?? null),
    ],
    'console-insert-classes',
  );
}

interface CoverageRow {
  readonly target: string;
  readonly kind: 'covered' | 'gap';
  readonly from_at: Date;
  readonly to_at: Date;
  readonly reason: string | null;
  readonly first_index: string;
  readonly last_index: string;
}

const intervalOf = (row: CoverageRow): CoverageInterval => ({
  target: row.target,
  kind: row.kind,
  from: row.from_at.toISOString(),
  to: row.to_at.toISOString(),
  reason: row.reason,
  firstIndex: Number(row.first_index),
  lastIndex: Number(row.last_index),
});

/** Takes out what the statements may touch, folds them in, and puts the result back. */
async function stateCoverage(tx: Tx, statements: readonly CoverageInterval[]): Promise<void> {
  const byTarget = byTargetOf(statements);
  const targets = [...byTarget.keys()];
  const earliest = targets.map((target) => (byTarget.get(target) ?? []).map(({ from }) => from).sort()[0]);
  const touched = await tx.query<CoverageRow>(
    `delete from coverage c using unnest($1::text[], $2::timestamptz[]) as w(target, from_at)
       where c.target = w.target and c.to_at >= w.from_at returning c.*`,
    [targets, earliest],
    'console-take-coverage',
  );
  const before = byTargetOf(touched.map(intervalOf));
  const after = targets.flatMap((target) => {
    const sorted = [...(before.get(target) ?? [])].sort((a, b) => a.from.localeCompare(b.from));
    return (byTarget.get(target) ?? []).reduce<CoverageInterval[]>(stateOver, sorted);
  });
  await insertCoverage(tx, after);
}

function byTargetOf(intervals: readonly CoverageInterval[]): Map<string, CoverageInterval[]> {
  const groups = new Map<string, CoverageInterval[]>();
  for (const interval of intervals) groups.set(interval.target, [...(groups.get(interval.target) ?? []), interval]);
  return groups;
}

async function insertCoverage(tx: Tx, intervals: readonly CoverageInterval[]): Promise<void> {
  const column = <T>(of: (interval: CoverageInterval) => T): T[] => intervals.map(of);
  await tx.query(
    `insert into coverage(target, kind, from_at, to_at, reason, first_index, last_index)
       select * from unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::text[], $6::bigint[], $7::bigint[])`,
    [
      column(({ target }) => target),
      column(({ kind }) => kind),
      column(({ from }) => from),
      column(({ to }) => to),
      column(({ reason }) => reason),
      column(({ firstIndex }) => firstIndex),
      column(({ lastIndex }) => lastIndex),
    ],
    'console-insert-coverage',
  );
}

/** Intervals of these targets that meet [from, to), in order; null: of all targets. */
export async function coverageOf(
  tx: Tx,
  targets: readonly string[] | null,
  from: string,
  to: string,
): Promise<CoverageInterval[]> {
  const rows = await tx.query<CoverageRow>(
    `select * from coverage where ($1::text[] is null or target = any($1)) and to_at > $2 and from_at < $3
       order by target, from_at`,
    [targets, from, to],
  );
  return rows.map(intervalOf);
}
