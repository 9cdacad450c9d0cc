import { limits, type FrozenStep, type HoldReason } from '@causeway/contracts';
import { stepState, type NoticedMutation, type OpenSequence, type StepState } from './state';

/** What the state of an open sequence says about its order: read only. */

/** Steps that nothing needs: the gate at the end of the sequence waits for them. */
export const endSteps = (steps: readonly FrozenStep[]): string[] => {
  const needed = new Set(steps.flatMap(({ needs }) => needs));
  return steps.map(({ id }) => id).filter((id) => !needed.has(id));
};

/** Steps that have to be ready before a gate opens. @param gate the step behind it; null: the end of the sequence */
export const needsOfGate = (steps: readonly FrozenStep[], gate: string | null): readonly string[] =>
  gate === null ? endSteps(steps) : (steps.find(({ id }) => id === gate)?.needs ?? []);

export const areReady = (state: OpenSequence, ids: readonly string[]): boolean =>
  ids.every((id) => stepState(state, id).phase === 'ready');

/** Whether everything that a step needs is there and the step itself was not commanded yet. */
export const couldStart = (state: OpenSequence, { id, needs }: FrozenStep): boolean =>
  stepState(state, id).phase === 'waiting' && areReady(state, needs);

/** Mutations that wait for an operator's decision, oldest first, by event id. */
export const undecided = (state: OpenSequence): [string, NoticedMutation][] =>
  Object.entries(state.mutations).filter(([, { holds }]) => holds);

/**
 * Mutations that a decision to resume leaves out though it has to accept them. When more wait than one decision can name, it may accept as
 * many as it can name: the sequence goes on once none is left.
 */
export function leftOut({ mutations }: Pick<OpenSequence, 'mutations'>, accept: readonly string[]): string[] {
  const given = new Set(accept);
  const waiting = Object.keys(mutations).filter((id) => mutations[id]?.holds);
  const left = waiting.filter((id) => !given.has(id));
  return waiting.length - left.length < limits.acceptedPerDecision ? left : [];
}

/** Whether only an operator can end a reason. */
export const isOperators = ({ reason }: Pick<HoldReason, 'reason'>): boolean =>
  reason === 'not-begun' || reason === 'out-of-sequence' || reason === 'stopped';

/** Steps that are tried again only when an operator resumes. */
export const stoppedSteps = ({ steps }: OpenSequence): [string, Extract<StepState, { phase: 'retry-later' }>][] =>
  Object.entries(steps).flatMap(([id, step]) =>
    step.phase === 'retry-later' && step.retryAt === null ? [[id, step] as const] : [],
  ) as [string, Extract<StepState, { phase: 'retry-later' }>][];

/** Whether an operator has to decide before anything new is commanded. */
export const waitsForOperator = (state: OpenSequence): boolean =>
  !state.begun || undecided(state).length > 0 || stoppedSteps(state).length > 0;

/** Whether a new attempt may be ordered at all. Looking at what was ordered is always allowed. */
export const mayApply = (state: OpenSequence): boolean => !state.aborting && !waitsForOperator(state);
