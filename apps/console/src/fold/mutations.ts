import type { ExplainedAnswer, MutationItem } from '@causeway/console-api';
import type { ExplainedRow, FoundMutation } from '../store/mutation-store';

/** Owner teams by target, as far as they are told. */
export type Owners = ReadonlyMap<string, string>;

/** Expected, or our own repetition: a plan explains it. Mutations that are not classed yet are not explained yet. */
export const isExplained = ({ classified }: FoundMutation): boolean =>
  classified?.class === 'expected' || (classified?.class === 'repeated' && classified.by === 'executor');

export function mutationItemOf(found: FoundMutation, owners: Owners): MutationItem {
  const { id, index, recordedAt, data, classIndex, classified } = found;
  return {
    id,
    index: String(index),
    recordedAt,
    ...data,
    owner: owners.get(data.target) ?? null,
    class: classified?.class ?? null,
    classIndex: classIndex === null ? null : String(classIndex),
    reason: classified?.reason ?? null,
    match: classified?.match ?? null,
    holds: classified ? [...classified.holds] : [],
    explained: isExplained(found),
  };
}

type Counts = Pick<ExplainedRow, 'mutations' | 'unexplained' | 'unclassed'>;

/** How much of what was seen is explained, per target and per owner. */
export function explainedOf(rows: readonly ExplainedRow[], owners: Owners): Omit<ExplainedAnswer, 'asOf'> {
  const targets = rows.map((row) => ({ target: row.target, owner: owners.get(row.target) ?? null, ...ratioOf(row) }));
  const teams = [...new Set(targets.map(({ owner }) => owner))];
  const byTeam = teams.map((owner) => {
    const own = rows.filter(({ target }) => (owners.get(target) ?? null) === owner);
    return { owner, ...ratioOf(sumOf(own)) };
  });
  return { targets, owners: byTeam, summary: explainedWords(ratioOf(sumOf(rows))) };
}

const sumOf = (rows: readonly Counts[]): Counts => ({
  mutations: rows.reduce((sum, row) => sum + row.mutations, 0),
  unexplained: rows.reduce((sum, row) => sum + row.unexplained, 0),
  unclassed: rows.reduce((sum, row) => sum + row.unclassed, 0),
});

type Ratio = Omit<ExplainedAnswer['owners'][number], 'owner'>;

function ratioOf({ mutations, unexplained, unclassed }: Counts): Ratio {
  const classed = mutations - unclassed;
  const explained = classed - unexplained;
  return { mutations, explained, unclassed, ratio: classed === 0 ? null : explained / classed };
}

function explainedWords({ mutations, explained, unclassed, ratio }: Ratio): string {
  if (ratio === null) return mutations === 0 ? 'No mutation was ever seen.' : `${mutations} seen, none classed yet.`;
  const open = unclassed === 0 ? '' : ` ${unclassed} not classed yet.`;
  return `Plans explain ${explained} of ${mutations - unclassed} mutations (${percent(ratio)}).${open}`;
}

/** Rounded down: only all of them are 100 %. */
const percent = (ratio: number): string => `${Math.floor(ratio * 100)} %`;
