import { afterFailure, ANSWER_WITHIN_MS, type SequenceState } from '@causeway/sequence-core';
import type { Fact } from './account';
import { Broken } from './order-fault';

/**
 * Whether an attempt may be ordered in this state: the first one of a step that waits; a later one only after the one before is known not
 * to have been applied, and not before its time.
 * @throws Broken
 */
export function checkAttempt(state: SequenceState, { verb, step: id, attempt, at }: Fact<'step-commanded'>): void {
  const step = state.status === 'open' ? state.steps[id] : undefined;
  if (verb === 'look-up' || !step) return;
  if (step.phase === 'waiting' && attempt === 1) return;
  if (step.phase !== 'retry-later' || attempt !== step.attempt + 1)
    throw new Broken(
      'attempt-not-allowed',
      `attempt ${attempt} of step ${id} was ordered while the step was ${step.phase}`,
    );
  if (step.retryAt === null || Date.parse(at) < Date.parse(step.retryAt))
    throw new Broken(
      'attempt-not-allowed',
      `attempt ${attempt} of step ${id} was ordered before ${step.retryAt ?? 'an operator resumed'}`,
    );
}

/**
 * Whether what follows from a failed attempt is what the plan's policy says: no more attempts than it allows.
 * @throws Broken
 */
export function checkNotApplied(
  state: SequenceState,
  { step: id, attempt, retryAt, at }: Fact<'step-not-applied'>,
): void {
  const step = state.status === 'open' ? state.acceptance.steps.find((one) => one.id === id) : undefined;
  if (state.status !== 'open' || !step || retryAt === undefined || retryAt === null) return;
  if (afterFailure(state, step, attempt, true, at) === retryAt) return;
  throw new Broken(
    'attempt-not-allowed',
    `attempt ${attempt} of step ${id} is followed by another one against its plan`,
  );
}

/** Whether an outcome is unknown because nobody answered: it cites the apply under way, and not before its time. */
export function isUnanswered(
  state: SequenceState,
  { step: id, attempt, result, at }: Fact<'outcome-unknown'>,
): boolean {
  if (state.status !== 'open' || state.acceptance.mode !== 'apply') return false;
  const step = Object.hasOwn(state.steps, id) ? state.steps[id] : undefined;
  if (step?.phase !== 'commanded' || step.attempt !== attempt || step.command.digest !== result) return false;
  return Date.parse(at) - Date.parse(step.changedAt) >= ANSWER_WITHIN_MS;
}
