import type { MutationData } from '@causeway/contracts';
import {
  attemptOf,
  isSameContent,
  isSameResource,
  stepsOf,
  wasCommanded,
  type Candidate,
  type SequenceAt,
} from './candidates';
import { difference, found, named, type Found } from './found';
import { attemptName } from './target-state';

/**
 * A mutation that bears our executor's mark.
 * @param seen attempts whose effect on this resource was seen before
 */
export function classifyOurs(
  mutation: MutationData,
  candidates: readonly Candidate[],
  sequences: readonly SequenceAt[],
  seen: readonly string[],
): Found {
  const attemptId = mutation.by.kind === 'executor' ? mutation.by.attemptId : null;
  const step = attemptId === null ? newestOrdered(mutation, candidates) : ofAttempt(mutation, sequences);
  if (!step) return unordered(attemptId);
  if (!isSameResource(mutation, step.step) || !isSameContent(mutation, step))
    return found(
      'different-content',
      step,
      `our executor acted for ${named(step)} otherwise than ordered: ${difference(mutation, step)}`,
    );
  return seen.includes(attemptName(attemptId, { sequenceId: step.sequenceId, step: step.step.id }))
    ? found('repeated', step, `our executor did this a second time for ${named(step)}`)
    : found('expected', step, `our executor did this for ${named(step)}, as ordered`);
}

/** The step of the attempt that the mutation names, if that attempt was ever ordered, of this target. */
function ofAttempt(mutation: MutationData, sequences: readonly SequenceAt[]): Candidate | null {
  const attempt = attemptOf(mutation);
  const sequence = sequences.find(({ sequenceId }) => sequenceId === attempt?.sequenceId);
  if (!attempt || !sequence) return null;
  const step = stepsOf(sequence).find((one) => one.step.id === attempt.step && one.step.target === mutation.target);
  return step && wasCommanded(step) && 'attempt' in step.now && attempt.nr <= step.now.attempt ? step : null;
}

/** The system has no place for an attempt: the step ordered last that says this content, or else the one ordered last at all. */
function newestOrdered(mutation: MutationData, candidates: readonly Candidate[]): Candidate | null {
  const ordered = candidates.filter(wasCommanded).sort((a, b) => (orderedAt(a) < orderedAt(b) ? 1 : -1));
  return ordered.find((one) => isSameContent(mutation, one)) ?? ordered[0] ?? null;
}

const orderedAt = ({ now, sequenceId }: Candidate): string => `${now.commandedAt ?? ''} ${sequenceId}`;

const unordered = (attemptId: string | null): Found =>
  attemptId === null
    ? found('undeclared', null, "it bears our executor's mark, but nothing ordered it")
    : found('undeclared', null, `it bears our executor's mark, but its attempt ${attemptId} was never ordered here`);
