import type { AsOfPage, ExplainedAnswer, MutationItem, OutsideAnswer } from '@causeway/console-api';
import type { MutationClass } from '@causeway/contracts';
import type { Database } from '@causeway/persistence';
import { uncoveredIn, type CoverageInterval } from '../fold/coverage';
import { explainedOf, mutationItemOf, type Owners } from '../fold/mutations';
import { outsideWords } from '../fold/outside-words';
import {
  explainedByTarget,
  lastIndex,
  listMutations,
  observedTargets,
  outsideMutations,
  unclassedMutations,
  type FoundMutation,
} from '../store/mutation-store';
import { coverageOf } from '../store/observation-store';
import { cursorOf, positionsIn } from './cursor';

export interface MutationQuery {
  readonly target: string | null;
  readonly resource: string | null;
  readonly class: MutationClass | null;
  readonly unexplained: boolean;
  /** RFC 3339. */
  readonly since: string | null;
}

/** The most mutations that one answer about a time lists. */
const MOST_OUTSIDE = 200;

/** What people ask about changes at targets, whoever made them. */
export class MutationQuestions {
  constructor(
    private readonly database: Database,
    private readonly owners: Owners,
  ) {}

  /** Newest first. */
  async mutations(query: MutationQuery, limit: number, cursor: string | undefined): Promise<AsOfPage<MutationItem>> {
    const before = positionsIn(cursor, 1)?.[0] ?? null;
    const { target, ...filter } = query;
    const targets = target === null ? null : [target];
    const asOf = await lastIndex(this.database);
    const found = await listMutations(this.database, { ...filter, targets, before, limit: limit + 1 });
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return {
      asOf,
      items: this.itemsOf(items),
      nextCursor: found.length > limit && last ? cursorOf(last.index) : null,
    };
  }

  async explained(): Promise<ExplainedAnswer> {
    const asOf = await lastIndex(this.database);
    return { asOf, ...explainedOf(await explainedByTarget(this.database), this.owners) };
  }

  /** @param asked none: every target that is registered or was ever observed */
  async outside(asked: readonly string[], from: string, to: string): Promise<OutsideAnswer> {
    const asOf = await lastIndex(this.database);
    const targets = asked.length > 0 ? [...new Set(asked)] : await this.allTargets();
    const intervals = await coverageOf(this.database, targets, from, to);
    const open = await unclassedMutations(this.database, targets, from, to, MOST_OUTSIDE);
    const found = await outsideMutations(this.database, targets, from, to, MOST_OUTSIDE + 1);
    const uncovered = targets.flatMap((target) => holesOf(target, intervals, from, to));
    const [unclassed, mutations] = [this.itemsOf(open), this.itemsOf(found.slice(0, MOST_OUTSIDE))];
    const isVouched = uncovered.length === 0 && unclassed.length === 0 && targets.length > 0;
    const answer = mutations.length > 0 ? 'yes' : isVouched ? 'no' : 'unknown';
    const more = found.length > MOST_OUTSIDE;
    const said = { answer, from, to, targets, mutations, more, unclassed, uncovered } as const;
    return { asOf, ...said, vouched: vouchedIn(intervals), summary: outsideWords(said) };
  }

  private itemsOf(found: readonly FoundMutation[]): MutationItem[] {
    return found.map((one) => mutationItemOf(one, this.owners));
  }

  private async allTargets(): Promise<string[]> {
    return [...new Set([...this.owners.keys(), ...(await observedTargets(this.database))])].sort();
  }
}

function holesOf(
  target: string,
  intervals: readonly CoverageInterval[],
  from: string,
  to: string,
): OutsideAnswer['uncovered'] {
  const own = intervals.filter((interval) => interval.target === target);
  return uncoveredIn(own, from, to).map(({ index, ...hole }) => ({
    target,
    ...hole,
    index: index === null ? null : String(index),
  }));
}

const vouchedIn = (intervals: readonly CoverageInterval[]): OutsideAnswer['vouched'] =>
  intervals
    .filter(({ kind }) => kind === 'covered')
    .map(({ target, from, to, lastIndex: index }) => ({ target, from, to, index: String(index) }));
