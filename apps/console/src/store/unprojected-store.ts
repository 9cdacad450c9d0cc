import type { Tx } from '@causeway/persistence';
import { ok, wrong, type Finding } from '@causeway/self-check';

/** An entry that is kept as it is and left out of what is computed. */
export interface Unprojected {
  readonly index: number;
  /** Of the recorded message. */
  readonly type: string;
  /** Why it cannot be taken in, for people. */
  readonly problem: string;
}

/** Longest kept problem, characters. */
const LONGEST_PROBLEM = 500;

export async function insertUnprojected(tx: Tx, entries: readonly Unprojected[]): Promise<void> {
  await tx.query(
    'insert into unprojected(index, type, problem) select * from unnest($1::bigint[], $2::text[], $3::text[])',
    [
      entries.map(({ index }) => index),
      entries.map(({ type }) => type),
      // It may quote what could not be stored.
      entries.map(({ problem }) => problem.slice(0, LONGEST_PROBLEM).replaceAll('\u0000', '\ufffd')),
    ],
  );
}

/** How many there are, and the first of them; null: none. */
interface UnprojectedState {
  readonly count: number;
  readonly first: Unprojected | null;
}

export async function unprojectedState(tx: Tx): Promise<UnprojectedState> {
  const rows = await tx.query<Unprojected & { readonly count: number }>(
    `select index::float8 as index, type, problem, (select count(*)::int from unprojected) as count
       from unprojected order by index limit 1`,
  );
  const [first] = rows;
  return first ? { count: first.count, first } : { count: 0, first: null };
}

export const judgeProjection = ({ count, first }: UnprojectedState): Finding =>
  first === null
    ? ok('projection', 'console', 'every entry is taken in')
    : wrong(
        'attention',
        'projection',
        'console',
        `${count} entries cannot be taken in, the first is ${first.index} (${first.type}): ${first.problem}`,
        'answers leave them out; they are whole in the ledger and in exports: look at what their writer sent',
      );
