import type { FrozenStep, MutationData } from '@causeway/contracts';
import { own } from '../own';
import { sameJson } from '../readiness/expectation';
import {
  stepState,
  type EndedSequence,
  type OpenSequence,
  type SequenceState,
  type StepState,
} from '../sequence/state';

/** A sequence at the version that a mutation is held against. */
export interface SequenceAt {
  readonly sequenceId: string;
  readonly state: SequenceState;
}

/** A step that a mutation may belong to. */
export interface Candidate {
  readonly sequenceId: string;
  readonly sequence: OpenSequence | EndedSequence;
  readonly step: FrozenStep;
  readonly now: StepState;
}

/** Most ended sequences of a target that a mutation is held against. */
const LAST_ENDED = 20;
/** Most sequences that one classification names: more would not fit its message. */
const MOST = 1_000;
/** Most open sequences of a target that a mutation is held against, besides those and the one it names. One more is not accepted. */
export const MOST_OPEN = MOST - LAST_ENDED - 1;

const ATTEMPT = /^([0-9a-f-]{36})\/([a-z0-9-]{1,63})\/([1-9][0-9]{0,5})$/;

/** Sequence, step and number of an attempt id; null: it is not one of ours. */
export function attemptOf({ by }: Pick<MutationData, 'by'>): { sequenceId: string; step: string; nr: number } | null {
  const parts = by.kind === 'executor' && by.attemptId !== null ? ATTEMPT.exec(by.attemptId) : null;
  return parts ? { sequenceId: parts[1] as string, step: parts[2] as string, nr: Number(parts[3]) } : null;
}

/**
 * The sequences that a mutation is held against, in the order that its classification names them: the open ones of its target,
 * first accepted first; the last ended ones, last ended first; and the one that its attempt names, wherever that is by now.
 * Previews change nothing and count for nothing.
 */
export function sequencesFor(mutation: MutationData, known: readonly SequenceAt[]): SequenceAt[] {
  const touching = known.filter(({ state }) => isApplied(state) && touches(state, mutation.target));
  const of = (status: 'open' | 'ended') => touching.filter(({ state }) => state.status === status).sort(byAge);
  const chosen = [...of('open').slice(0, MOST_OPEN), ...of('ended').reverse().slice(0, LAST_ENDED)];
  const named = known.find(({ sequenceId }) => sequenceId === attemptOf(mutation)?.sequenceId);
  return named && named.state.status !== 'absent' && !chosen.includes(named) ? [...chosen, named] : chosen;
}

export const isApplied = (state: SequenceState): state is OpenSequence | EndedSequence =>
  (state.status === 'open' || state.status === 'ended') && state.acceptance.mode === 'apply';

export const touches = ({ acceptance }: OpenSequence | EndedSequence, target: string): boolean =>
  acceptance.steps.some((step) => step.target === target);

function byAge(a: SequenceAt, b: SequenceAt): number {
  const [one, other] = [ageOf(a), ageOf(b)];
  return one < other ? -1 : one > other ? 1 : 0;
}

const ageOf = ({ sequenceId, state }: SequenceAt): string => {
  const at = state.status === 'ended' ? state.endedAt : state.status === 'open' ? state.acceptance.at : '';
  return `${at} ${sequenceId}`;
};

/** Steps about the same resource: same target, change, identifying parameters, and a part of the target in common. */
export function candidatesFor(mutation: MutationData, sequences: readonly SequenceAt[]): Candidate[] {
  return sequences.flatMap((sequence) => stepsOf(sequence).filter(({ step }) => isAbout(mutation, step)));
}

export function stepsOf({ sequenceId, state }: SequenceAt): Candidate[] {
  if (!isApplied(state)) return [];
  return state.acceptance.steps.map((step) => ({ sequenceId, sequence: state, step, now: stepState(state, step.id) }));
}

const isAbout = (mutation: MutationData, step: FrozenStep): boolean =>
  step.target === mutation.target && isSameResource(mutation, step) && overlaps(mutation.scopes, step.scopes);

export const isSameResource = (mutation: MutationData, step: FrozenStep): boolean =>
  step.change === mutation.change &&
  step.identifiedBy.every((name) => sameJson(own(mutation.with, name), own(step.with, name)));

/** Steps that change a target region by region share a resource, not a part of it. */
const overlaps = (where: MutationData['scopes'], scopes: FrozenStep['scopes']): boolean =>
  where === null ||
  where.some(({ scope, members }) =>
    scopes.some((other) => other.scope === scope && other.members.some((member) => members.includes(member))),
  );

/** Whether what a mutation tells is what is wanted. What it does not tell is not compared. */
export const tellsSame = (told: MutationData['with'], wanted: MutationData['with']): boolean =>
  Object.keys(told).every((name) => Object.hasOwn(wanted, name) && sameJson(told[name], wanted[name]));

export const isSameContent = ({ effect, with: told }: MutationData, { step }: Candidate): boolean =>
  effect === 'set' && tellsSame(told, step.with);

/** Whether it was ever ordered: from then on its effect can come at any time. */
export const wasCommanded = ({ now }: Candidate): boolean => now.phase !== 'waiting' && now.phase !== 'previewed';

/** Whether its effect is known to have been there. */
export const wasApplied = ({ now }: Candidate): boolean => now.phase === 'applied' || now.phase === 'ready';
