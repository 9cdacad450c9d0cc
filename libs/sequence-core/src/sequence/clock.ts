import type { FrozenStep } from '@causeway/contracts';
import { judgeSilence } from '../readiness/verdict';
import { attemptStep, commandStep, endIfNothingMoves } from './advance';
import type { Context, Input, LastRound } from './context';
import type { Draft } from './decision';
import { holdDependents } from './holds';
import { mayApply } from './order';
import { requestProbe } from './probe';
import { both, type OpenSequence, type SequenceState, type StepState } from './state';

/**
 * What becomes due with time alone: the next attempt, the next look-up, an apply that nobody answers, a step that takes longer than its plan allows, a
 * prober that went silent. Wall clocks decide only how long something waits, never whether a gate opens.
 */
type ClockInput = Extract<Input, { kind: 'clock-reached' }>;

const LOOK_UP_AGAIN_AFTER_MS = 5_000;
/** As long as the command itself was not answered only its effect is news. */
const LOOK_UP_UNANSWERED_AFTER_MS = 60_000;
/** An apply is not waited for longer than this after it was ordered: five times what its executor may take. */
export const ANSWER_WITHIN_MS = 600_000;
/** A prober silent for this long is asked again. */
const ASK_AGAIN_AFTER_MS = 60_000;

export function decideClock(input: ClockInput, draft: Draft<OpenSequence>, context: Context): void {
  for (const { id } of draft.state.acceptance.steps) {
    const { step, now } = both(draft.state, id);
    if (
      now.phase === 'retry-later' &&
      mayApply(draft.state) &&
      now.retryAt !== null &&
      passed(draft.at, now.retryAt, 0)
    )
      attemptStep(draft, context, step, now.attempt + 1);
    if (now.phase === 'commanded' && isUnanswered(draft, now)) unanswered(draft, context, step, now);
    if (now.phase === 'outcome-unknown' && lookUpIsDue(step, now, draft.at))
      commandStep(draft, context, step, now.attempt, 'look-up');
    if (now.phase === 'applied') decideApplied(draft, context, step, now, input.rounds.get(id));
  }
  if (draft.state.aborting) endIfNothingMoves(draft, context);
}

const elapsed = (at: string, since: string): number => Date.parse(at) - Date.parse(since);
/** Rounds that came before the newest look was asked for say nothing of it. */
const later = (heardAt: string, askedAt: string | null): string =>
  askedAt !== null && elapsed(askedAt, heardAt) > 0 ? askedAt : heardAt;
const passed = (at: string, since: string, ms: number): boolean => elapsed(at, since) >= ms;

/** A preview has only looks under way: nothing can come of them. */
const isUnanswered = ({ state, at }: Draft<OpenSequence>, { changedAt }: StepState): boolean =>
  state.acceptance.mode === 'apply' && passed(at, changedAt, ANSWER_WITHIN_MS);

/** Its command may have been lost, or parked, or may still be carried out: what became of it is asked, or said by a person. */
function unanswered(
  draft: Draft<OpenSequence>,
  context: Context,
  step: FrozenStep,
  { attempt, command }: Extract<StepState, { phase: 'commanded' }>,
): void {
  const reason = `executor-${step.executor} has not answered for ${ANSWER_WITHIN_MS / 60_000} minutes`;
  draft.add({ kind: 'outcome-unknown', step: step.id, attempt, reason, result: command.digest, at: draft.at });
  if (step.capability !== 'D') commandStep(draft, context, step, attempt, 'look-up');
}

const lookUpIsDue = (step: FrozenStep, now: Extract<StepState, { phase: 'outcome-unknown' }>, at: string): boolean =>
  now.lookUp === null &&
  step.capability !== 'D' &&
  passed(at, now.changedAt, now.unanswered ? LOOK_UP_UNANSWERED_AFTER_MS : LOOK_UP_AGAIN_AFTER_MS);

function decideApplied(
  draft: Draft<OpenSequence>,
  context: Context,
  step: FrozenStep,
  now: Extract<StepState, { phase: 'applied' }>,
  round: LastRound | undefined,
): void {
  if (!now.overdue && passed(draft.at, now.againSince ?? now.acceptedAt ?? now.changedAt, step.withinMs))
    draft.add({ kind: 'step-overdue', step: step.id, attempt: now.attempt, withinMs: step.withinMs, at: draft.at });
  const heardAt = later(round?.receivedAt ?? now.changedAt, now.askedAt);
  const freshnessMs = step.show?.freshnessMs ?? Number.POSITIVE_INFINITY;
  if (!passed(draft.at, heardAt, freshnessMs)) return;
  holdDependents(draft, new Map([[step.id, judgeSilence(step, round?.seenAt ?? new Map(), freshnessMs)]]));
  if (
    passed(draft.at, heardAt, Math.max(ASK_AGAIN_AFTER_MS, freshnessMs)) &&
    passed(draft.at, now.changedAt, ASK_AGAIN_AFTER_MS)
  )
    requestProbe(draft, context, step, now.attempt);
}

/** How often an open sequence that waits for time is looked at, milliseconds. */
const LOOK_EVERY_MS = 1_000;

/**
 * When `clock-reached` should come next for a state, or null when only a message can move it; Unix milliseconds. Cheap and coarse on
 * purpose: an early look decides nothing.
 */
export function nextLookMs(state: SequenceState, nowMs: number): number | null {
  if (state.status !== 'open') return null;
  const soon = nowMs + LOOK_EVERY_MS;
  let next: number | null = null;
  for (const id in state.steps) {
    const at = lookAtMs(state.steps[id] as StepState, soon);
    if (at !== null && (next === null || at < next)) next = at;
  }
  return next;
}

function lookAtMs(step: StepState, soon: number): number | null {
  if (step.phase === 'commanded') return Math.max(Date.parse(step.changedAt) + ANSWER_WITHIN_MS, soon);
  if (step.phase === 'retry-later') return step.retryAt === null ? null : Math.max(Date.parse(step.retryAt), soon);
  return step.phase === 'applied' || step.phase === 'outcome-unknown' ? soon : null;
}
