import type { Tx } from '@causeway/persistence';
import type { ClassificationData, MutationClass, MutationData } from '@causeway/contracts';

interface Stored {
  readonly index: string;
  readonly id: string;
  readonly recorded_at: Date;
  readonly body: string;
  readonly class_index: string | null;
  readonly class_body: string | null;
}

/** A mutation with what it was found to be, if that is decided. */
export interface FoundMutation {
  readonly index: number;
  readonly id: string;
  readonly recordedAt: string;
  readonly data: MutationData;
  readonly classIndex: number | null;
  readonly classified: ClassificationData | null;
}

const foundOf = (row: Stored): FoundMutation => ({
  index: Number(row.index),
  id: row.id,
  recordedAt: row.recorded_at.toISOString(),
  data: JSON.parse(row.body) as MutationData,
  classIndex: row.class_index === null ? null : Number(row.class_index),
  classified: row.class_body === null ? null : (JSON.parse(row.class_body) as ClassificationData),
});

/** What no plan explains: neither expected nor our own repetition. What is not classed yet is not explained yet. */
const UNEXPLAINED = `(class is null or not (class = 'expected' or (class = 'repeated' and by = 'executor')))`;
const COLUMNS = 'index, id, recorded_at, body, class_index, class_body';

export interface MutationFilter {
  readonly targets: readonly string[] | null;
  readonly resource: string | null;
  readonly class: MutationClass | null;
  readonly unexplained: boolean;
  /** Seen by its observer at that time or later, RFC 3339. */
  readonly since: string | null;
  /** Only with a smaller index. */
  readonly before: number | null;
  readonly limit: number;
}

/** Newest first. */
export async function listMutations(tx: Tx, filter: MutationFilter): Promise<FoundMutation[]> {
  const rows = await tx.query<Stored>(
    `select ${COLUMNS} from mutation
       where ($1::text[] is null or target = any($1)) and ($2::text is null or resource = $2)
         and ($3::text is null or class = $3) and (not $4::boolean or ${UNEXPLAINED})
         and ($5::timestamptz is null or observed_at >= $5) and ($6::bigint is null or index < $6)
       order by index desc limit $7`,
    [filter.targets, filter.resource, filter.class, filter.unexplained, filter.since, filter.before, filter.limit],
  );
  return rows.map(foundOf);
}

/** Made by somebody else, or bears our mark though nothing ordered it. */
const OUTSIDE = `(by = 'other' or class = 'undeclared')`;
/** Bears our mark, and nobody has said yet whether anything ordered it. */
const UNCLASSED = `(by = 'executor' and class is null)`;

/** Mutations outside the layer that happened or were seen in [from, to), in ledger order. */
export const outsideMutations = (
  tx: Tx,
  targets: readonly string[],
  from: string,
  to: string,
  limit: number,
): Promise<FoundMutation[]> => mutationsAbout(tx, OUTSIDE, targets, from, to, limit);

/** Mutations of which it is not known yet whether they are outside the layer, of the same time, in ledger order. */
export const unclassedMutations = (
  tx: Tx,
  targets: readonly string[],
  from: string,
  to: string,
  limit: number,
): Promise<FoundMutation[]> => mutationsAbout(tx, UNCLASSED, targets, from, to, limit);

/** The target's clock may be wrong, so either time counts. */
async function mutationsAbout(
  tx: Tx,
  condition: string,
  targets: readonly string[],
  from: string,
  to: string,
  limit: number,
): Promise<FoundMutation[]> {
  const rows = await tx.query<Stored>(
    `select ${COLUMNS} from mutation
       where target = any($1) and ${condition}
         and ((happened_to >= $2 and happened_from < $3) or (observed_at >= $2 and observed_at < $3))
       order by index limit $4`,
    [targets, from, to, limit],
  );
  return rows.map(foundOf);
}

/** All mutations that observers saw in [from, to) at these targets, the newest, in ledger order. */
export async function mutationsIn(
  tx: Tx,
  targets: readonly string[],
  from: string,
  to: string,
  limit: number,
): Promise<FoundMutation[]> {
  const rows = await tx.query<Stored>(
    `select ${COLUMNS} from mutation where target = any($1) and observed_at >= $2 and observed_at < $3
       order by index desc limit $4`,
    [targets, from, to, limit],
  );
  return rows.map(foundOf).reverse();
}

export async function findMutations(tx: Tx, ids: readonly string[]): Promise<FoundMutation[]> {
  if (ids.length === 0) return [];
  const rows = await tx.query<Stored>(`select ${COLUMNS} from mutation where id = any($1::uuid[]) order by index`, [
    ids,
  ]);
  return rows.map(foundOf);
}

/** Mutations that were matched to a step of this sequence, in the order of their classes. */
export async function matchedMutations(tx: Tx, sequenceId: string): Promise<FoundMutation[]> {
  const rows = await tx.query<Stored>(
    `select ${COLUMNS} from mutation where match_sequence = $1 order by class_index`,
    [sequenceId],
  );
  return rows.map(foundOf);
}

export interface ExplainedRow {
  readonly target: string;
  readonly mutations: number;
  readonly unexplained: number;
  readonly unclassed: number;
}

export const explainedByTarget = (tx: Tx): Promise<ExplainedRow[]> =>
  tx.query<ExplainedRow>(
    `select target, count(*)::int as mutations, (count(*) filter (where class is not null and ${UNEXPLAINED}))::int as unexplained,
       (count(*) filter (where class is null))::int as unclassed
       from mutation group by target order by target`,
  );

/** Every target that an observer ever spoke of. */
export async function observedTargets(tx: Tx): Promise<string[]> {
  const rows = await tx.query<{ target: string }>(
    'select target from coverage union select target from mutation order by 1',
  );
  return rows.map(({ target }) => target);
}

/** Ledger index of the last entry in the tables; null: none. What every answer is as of. */
export async function lastIndex(tx: Tx): Promise<string | null> {
  const [row] = await tx.query<{ next_index: string }>('select next_index from projection');
  return row && row.next_index !== '0' ? String(Number(row.next_index) - 1) : null;
}
