import type { EffectiveAnswer, ExposureAnswer, LackingAnswer, PathAnswer, PathDiffAnswer } from '@causeway/console-api';
import type { Classification, RecordMessage } from '@causeway/contracts';
import type { Database } from '@causeway/persistence';
import { foldPath, type PathEntry, type PathState } from '@causeway/sequence-core';
import type { Folded } from '../fold/folded';
import { makerIds, type Makers } from '../fold/made-by';
import { diffView, effectiveView, exposureView, lackingView, pathView } from '../fold/path-view';
import { rowOf, summaryOf } from '../fold/summary';
import { findMutations, lastIndex, matchedMutations } from '../store/mutation-store';
import { findFolded, leavesOf, recordLeaves } from '../store/question-store';
import { Refused } from './refused';

/** What people ask about how a sequence became effective, scope by scope. */
export class PathQuestions {
  constructor(private readonly database: Database) {}

  async path(id: string, scope: string): Promise<PathAnswer> {
    const { state, makers, own } = await this.followed(id);
    mustHaveScope(state, scope);
    return { ...own, ...pathView(state, scope, makers) };
  }

  async diff(id: string, left: string, right: string): Promise<PathDiffAnswer> {
    const { state, makers, own } = await this.followed(id);
    [left, right].forEach((scope) => mustHaveScope(state, scope));
    return { ...own, ...diffView(state, left, right, makers) };
  }

  async exposure(id: string): Promise<ExposureAnswer> {
    const { state, makers, own } = await this.followed(id);
    return { ...own, ...exposureView(state, makers) };
  }

  /** @param at RFC 3339 */
  async effective(id: string, scope: string, at: string): Promise<EffectiveAnswer> {
    const { state, own } = await this.followed(id);
    mustHaveScope(state, scope);
    return { ...own, ...effectiveView(state, scope, at) };
  }

  async lacking(id: string, step: string): Promise<LackingAnswer> {
    const { state, own } = await this.followed(id);
    const view = lackingView(state, step);
    if (view) return { ...own, ...view };
    throw new Refused(
      404,
      'step-not-found',
      `Sequence ${id} has no step ${step}. Its steps: ${state.order.join(', ')}.`,
    );
  }

  private async followed(id: string): Promise<Followed> {
    const asOf = await lastIndex(this.database);
    const folded = await findFolded(this.database, id);
    if (!folded) throw new Refused(404, 'sequence-not-found', `There is no sequence ${id} in the ledger.`);
    const state = await pathStateOf(this.database, folded);
    if (!state) throw new Refused(404, 'sequence-has-no-path', 'The sequence was not accepted, so it has no path.');
    const found = await findMutations(this.database, makerIds(state));
    const { plan, status } = summaryOf(rowOf(folded));
    return {
      state,
      makers: new Map(found.map((one) => [one.id, one])),
      own: { asOf, sequenceId: id, plan, status, lookedUntil: state.lookedUntil },
    };
  }
}

interface Followed {
  readonly state: PathState;
  readonly makers: Makers;
  readonly own: Pick<PathAnswer, 'asOf' | 'sequenceId' | 'plan' | 'status' | 'lookedUntil'>;
}

/** As projected; of a sequence that nothing watches, made now from its records and the mutations that were matched to it. */
export async function pathStateOf(database: Database, folded: Folded): Promise<PathState | null> {
  if (folded.path) return folded.path;
  const leaves = await recordLeaves(database, folded.sequenceId);
  const matched = await matchedMutations(database, folded.sequenceId);
  const classes = await leavesOf(
    database,
    matched.flatMap(({ classIndex }) => classIndex ?? []),
  );
  const entries: PathEntry[] = leaves.map(({ index, leaf }) => ({ index, message: messageIn<RecordMessage>(leaf) }));
  for (const { classIndex: index, data: mutation } of matched) {
    const leaf = index === null ? undefined : classes.get(index);
    if (index !== null && leaf) entries.push({ index, message: messageIn<Classification>(leaf), mutation });
  }
  return entries.sort((a, b) => a.index - b.index).reduce<PathState | null>(foldPath, null);
}

function messageIn<T>(leaf: string): T {
  const { data } = JSON.parse(leaf) as { readonly data: { readonly value: string } };
  return JSON.parse(data.value) as T;
}

function mustHaveScope({ planScopes }: PathState, scope: string): void {
  if (planScopes.includes(scope)) return;
  throw new Refused(404, 'scope-not-found', `The plan has no scope ${scope}. Its scopes: ${planScopes.join(', ')}.`);
}
