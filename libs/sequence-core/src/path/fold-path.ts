import {
  CLASSIFICATION_TYPE,
  RECORD_TYPE,
  SIGHTING_TYPE,
  WATCH_TYPE,
  type Classification,
  type EvolutionRecord,
  type FrozenStep,
  type MutationData,
  type RecordMessage,
  type ScopeShown,
} from '@causeway/contracts';
import { lookAll } from './look';
import type { Belief, FollowedStep, PathEntry, PathState } from './path-state';

/**
 * Folds the next ledger entry into what is known of a sequence (P1). Never throws; an entry that says nothing about the path of
 * this sequence gives the same state back.
 * @param state null: the sequence has not been accepted yet
 */
export function foldPath(state: PathState | null, entry: PathEntry): PathState | null {
  const { message, index } = entry;
  if (message.type === RECORD_TYPE) return foldRecord(state, message, index);
  if (!state) return null;
  switch (message.type) {
    case WATCH_TYPE:
      if (message.data.sequenceId !== state.sequenceId) return state;
      return message.data.steps.reduce((now, { step }) => withStep(now, step, () => ({ watched: true })), state);
    case SIGHTING_TYPE:
      return message.data.sequenceId === state.sequenceId ? lookAll(state, message.data, index) : state;
    case CLASSIFICATION_TYPE:
      return 'mutation' in entry ? foldClassification(state, message, entry.mutation, index) : state;
  }
}

function foldRecord(state: PathState | null, { data }: RecordMessage, index: number): PathState | null {
  if (state && state.sequenceId !== data.sequenceId) return state;
  return data.records.reduce<PathState | null>((now, fact) => {
    if (fact.kind === 'sequence-accepted') return now ?? accepted(data.sequenceId, fact);
    return now && foldFact(now, fact, index);
  }, state);
}

function accepted(
  sequenceId: string,
  { plan, steps, at }: Extract<EvolutionRecord, { kind: 'sequence-accepted' }>,
): PathState {
  return {
    sequenceId,
    planScopes: plan.spec.scopes,
    acceptedAt: at,
    endedAt: null,
    lookedUntil: null,
    order: steps.map(({ id }) => id),
    steps: Object.fromEntries(steps.map((step) => [step.id, followed(step)])),
  };
}

const followed = ({ id, target, needs, scopes, show }: FrozenStep): FollowedStep => ({
  ...{ id, target, needs, scopes, expect: show?.expect ?? [], watched: false, commanded: null, changed: null },
  beliefs: Object.fromEntries(scopes.map(({ scope }) => [scope, []])),
  looks: Object.fromEntries(
    scopes.map(({ scope, members }) => [scope, Object.fromEntries(members.map((member) => [member, []]))]),
  ),
  mutations: [],
});

function foldFact(state: PathState, fact: EvolutionRecord, index: number): PathState {
  switch (fact.kind) {
    case 'step-commanded':
      if (fact.verb !== 'apply') return state;
      return withStep(state, fact.step, ({ commanded }) => ({
        commanded: commanded ?? { index, commandId: fact.commandId, at: fact.at },
      }));
    case 'step-applied':
      return withStep(state, fact.step, () => ({ changed: fact.changed }));
    case 'scope-ready':
      return believe(state, fact.step, [fact.shown], fact.at, index);
    case 'step-ready':
      return believe(state, fact.step, fact.scopes, fact.at, index);
    case 'scope-withdrawn':
      return withBelief(state, fact.step, fact.scope, { index, at: fact.at, ready: false, effectiveAt: fact.at });
    case 'sequence-ended':
      return { ...state, endedAt: fact.at };
    default:
      return state;
  }
}

const believe = (state: PathState, step: string, shown: readonly ScopeShown[], at: string, index: number): PathState =>
  shown.reduce(
    (now, { scope, effectiveAt }) => withBelief(now, step, scope, { index, at, ready: true, effectiveAt }),
    state,
  );

const withBelief = (state: PathState, step: string, scope: string, belief: Belief): PathState =>
  withStep(state, step, ({ beliefs }) => {
    const before = Object.hasOwn(beliefs, scope) ? (beliefs[scope] as readonly Belief[]) : [];
    const isNews = (before.at(-1)?.ready ?? false) !== belief.ready;
    return isNews ? { beliefs: { ...beliefs, [scope]: [...before, belief] } } : {};
  });

function foldClassification(
  state: PathState,
  { data }: Classification,
  { actor, effect, scopes }: MutationData,
  index: number,
): PathState {
  if (data.match?.sequenceId !== state.sequenceId) return state;
  const matched = {
    ...{ index, mutation: data.mutation, class: data.class, by: data.by, actor: actor.name, effect },
    scopes: scopes && scopes.map(({ scope }) => scope),
  };
  return withStep(state, data.match.step, ({ mutations }) => ({ mutations: [...mutations, matched] }));
}

function withStep(state: PathState, id: string, change: (step: FollowedStep) => Partial<FollowedStep>): PathState {
  if (!Object.hasOwn(state.steps, id)) return state;
  const step = state.steps[id] as FollowedStep;
  return { ...state, steps: { ...state.steps, [id]: { ...step, ...change(step) } } };
}
