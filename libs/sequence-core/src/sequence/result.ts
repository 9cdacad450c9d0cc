import type { FrozenStep, Outcome } from '@causeway/contracts';
import { advance, commandStep } from './advance';
import type { Context, Input } from './context';
import type { Draft } from './decision';
import { holdAll } from './holds';
import { requestProbe } from './probe';
import { afterFailure, FOUND_IN_PART, isLeftInPart } from './retry';
import { both, stepState, type CommandRef, type OpenSequence, type StepState } from './state';

/**
 * What an executor says, believed only when it answers the command that is under way: same step, attempt, epoch, command
 * id and digest, from the principal of that executor (I20).
 */
type ResultInput = Extract<Input, { kind: 'result-received' }>;

export function decideResult(input: ResultInput, draft: Draft<OpenSequence>, context: Context): void {
  const { data } = input;
  if (!Object.hasOwn(draft.state.steps, data.step))
    return refuse(input, draft, 'unknown-step', `there is no step ${data.step}`);
  const { step, now } = both(draft.state, data.step);
  const mismatch = whyNotAwaited(input, step, now, draft.state.epoch);
  if (mismatch) return refuse(input, draft, 'not-awaited', mismatch);
  if (draft.state.acceptance.mode === 'preview') preview(input, draft);
  else if (now.phase === 'outcome-unknown' && now.unanswered?.digest !== data.commandDigest)
    settle(input, draft, context, step, now.attempt);
  else take(input, draft, context, step, data.attempt);
  if (draft.state.status === 'open') advance(draft, context);
}

function whyNotAwaited(input: ResultInput, step: FrozenStep, now: StepState, epoch: number): string | null {
  const { data } = input;
  const command = underWay(now, data.commandDigest);
  if (input.principal !== `executor-${step.executor}`)
    return `${input.principal} does not answer for target ${step.target}`;
  if (data.epoch !== epoch) return `it is of epoch ${data.epoch}, the sequence is in epoch ${epoch}`;
  if (!command) return `step ${step.id} is ${now.phase} and waits for no result`;
  if (!('attempt' in now) || now.attempt !== data.attempt) return `attempt ${data.attempt} is not the one under way`;
  if (command.digest !== data.commandDigest || !input.causationIds.includes(command.id))
    return 'it does not echo the command under way';
  return null;
}

/** Of an unknown outcome the look-up, and the apply itself as long as it is not answered. */
function underWay(now: StepState, digest: string): CommandRef | null {
  if (now.phase === 'commanded') return now.command;
  if (now.phase !== 'outcome-unknown') return null;
  return now.unanswered?.digest === digest ? now.unanswered : (now.lookUp ?? now.unanswered ?? null);
}

function refuse(input: ResultInput, draft: Draft<OpenSequence>, code: string, message: string): void {
  draft.add({ kind: 'input-refused', input: input.eventId, type: 'result', code, message, at: draft.at });
}

function preview(input: ResultInput, draft: Draft<OpenSequence>): void {
  const { outcome, step, attempt } = input.data;
  const found = outcome.kind === 'looked-up' ? outcome.state : 'unknown';
  const state = found === 'in-effect' ? 'already-so' : found === 'absent' ? 'would-change' : 'unknown';
  draft.add({ kind: 'step-previewed', step, attempt, state, result: input.digest, at: draft.at });
}

function take(
  input: ResultInput,
  draft: Draft<OpenSequence>,
  context: Context,
  step: FrozenStep,
  attempt: number,
): void {
  const { outcome } = input.data;
  switch (outcome.kind) {
    case 'applied':
      if (outcome.duplicateSuspected !== undefined)
        draft.add({
          ...{ kind: 'duplicate-suspected', step: step.id, attempt, reason: outcome.duplicateSuspected },
          ...{ result: input.digest, at: draft.at },
        });
      return applied(input.digest, draft, context, step, attempt, { ...outcome, settledByLookUp: false });
    case 'not-applied':
      return notApplied(input.digest, draft, step, attempt, outcome.code, outcome.message, outcome.retriable);
    case 'refused':
      return notApplied(input.digest, draft, step, attempt, outcome.code, outcome.message, false);
    case 'unknown':
    case 'looked-up':
      return unknown(input, draft, context, step, attempt, outcome);
  }
}

/** @param result SHA-256 of the message that tells it: a result, or the decision that settles it */
export function applied(
  result: string,
  draft: Draft<OpenSequence>,
  context: Context,
  step: FrozenStep,
  attempt: number,
  known: { changed: boolean; acceptedAt: string; settledByLookUp: boolean },
): void {
  const { changed, acceptedAt, settledByLookUp } = known;
  draft.add({
    kind: 'step-applied',
    step: step.id,
    attempt,
    changed,
    acceptedAt,
    result,
    settledByLookUp,
    at: draft.at,
  });
  // Nobody waits for it to be shown once the sequence is aborted.
  if (step.show) return draft.state.aborting ? undefined : requestProbe(draft, context, step, attempt);
  const scopes = step.scopes.map(({ scope }) => ({ scope, effectiveAt: acceptedAt, evidence: result }));
  draft.add({ kind: 'step-ready', step: step.id, attempt, rung: step.rung, scopes, at: draft.at });
}

/** @param result as in {@link applied} */
export function notApplied(
  result: string,
  draft: Draft<OpenSequence>,
  step: FrozenStep,
  attempt: number,
  code: string,
  message: string,
  retriable: boolean,
): void {
  const usual = afterFailure(draft.state, step, attempt, retriable, draft.at);
  // What stands in some places and not in others does not end by itself: a person says what is to come of it.
  const next = usual === 'final' && isLeftInPart(stepState(draft.state, step.id), code) ? null : usual;
  draft.add({
    kind: 'step-not-applied',
    step: step.id,
    attempt,
    code,
    message,
    ...(next === 'final' ? { final: true } : { final: false, retryAt: next }),
    result,
    at: draft.at,
  });
  if (next === null && !draft.state.aborting) holdAll(draft);
}

/** Never a second apply here: whether it took effect is asked first. */
function unknown(
  input: ResultInput,
  draft: Draft<OpenSequence>,
  context: Context,
  step: FrozenStep,
  attempt: number,
  outcome: Extract<Outcome, { kind: 'unknown' | 'looked-up' }>,
): void {
  const reason = outcome.kind === 'unknown' ? outcome.reason : 'the executor answered an apply with a look-up';
  draft.add({ kind: 'outcome-unknown', step: step.id, attempt, reason, result: input.digest, at: draft.at });
  if (step.capability !== 'D') commandStep(draft, context, step, attempt, 'look-up');
}

/** A look-up that finds nothing says nothing of a command that may still be carried out. */
function isStillOut({ state }: Draft<OpenSequence>, id: string, found: string): boolean {
  const now = stepState(state, id);
  return found === 'absent' && now.phase === 'outcome-unknown' && now.unanswered !== undefined;
}

/**
 * The answer to a look-up after an unknown outcome. Absent means: certain that it is not there as wanted, so trying again is safe; it may
 * still be there in part.
 */
function settle(
  input: ResultInput,
  draft: Draft<OpenSequence>,
  context: Context,
  step: FrozenStep,
  attempt: number,
): void {
  const { outcome, finishedAt } = input.data;
  const found = outcome.kind === 'looked-up' ? outcome.state : 'unknown';
  if (isStillOut(draft, step.id, found)) {
    const reason = 'nothing is there yet, but the command was not answered and may still be carried out';
    return draft.add({ kind: 'outcome-unknown', step: step.id, attempt, reason, result: input.digest, at: draft.at });
  }
  if (found === 'in-effect') {
    applied(input.digest, draft, context, step, attempt, {
      changed: true,
      acceptedAt: finishedAt,
      settledByLookUp: true,
    });
  } else if (found === 'absent') {
    const { code, message } = isInPart(outcome) ? IN_PART : ABSENT;
    notApplied(input.digest, draft, step, attempt, code, message, true);
  } else {
    const reason = outcome.kind === 'looked-up' ? 'the look-up could not tell' : 'the look-up gave no answer';
    draft.add({ kind: 'outcome-unknown', step: step.id, attempt, reason, result: input.digest, at: draft.at });
  }
}

const ABSENT = { code: 'found-absent', message: 'a look-up found that the attempt left nothing' };
const IN_PART = {
  code: FOUND_IN_PART,
  message: 'a look-up found the change there in part; the evidence of its result says where',
};

const isInPart = (outcome: Outcome): boolean =>
  outcome.kind === 'looked-up' && outcome.state === 'absent' && outcome.evidence['partial'] === true;
