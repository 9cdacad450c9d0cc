import type { Settlement } from '@causeway/contracts';
import { advance, endIfNothingMoves } from './advance';
import type { Context, Input } from './context';
import type { Draft } from './decision';
import { holdAll } from './holds';
import { leftOut, waitsForOperator } from './order';
import { applied, notApplied } from './result';
import { both, type OpenSequence } from './state';

type DecisionInput = Extract<Input, { kind: 'decision-received' }>;

/** An operator's word. One that does not fit the state changes nothing and is recorded with its reason. */
export function decideOperator(input: DecisionInput, draft: Draft<OpenSequence>, context: Context): void {
  if (input.data.settle) return settle(input, input.data.settle, draft, context);
  if (draft.state.aborting) return refuseDecision(input, draft, 'already-aborting', 'the sequence is being aborted');
  if (input.data.verb === 'abort') abort(input, draft, context);
  else resume(input, draft, context);
}

/** What was ordered cannot be called back: the sequence ends once it is known what became of it. */
function abort(input: DecisionInput, draft: Draft<OpenSequence>, context: Context): void {
  const { reason, decidedBy: by } = input.data;
  draft.add({ kind: 'sequence-aborted', decision: input.eventId, by, reason, at: draft.at });
  endIfNothingMoves(draft, context);
}

function resume(input: DecisionInput, draft: Draft<OpenSequence>, context: Context): void {
  const { accept, reason, decidedBy: by } = input.data;
  const problem = whyNotResumed(accept, draft.state);
  if (problem) return refuseDecision(input, draft, problem.code, problem.message);
  const accepted = [...new Set(accept)];
  draft.add({ kind: 'sequence-resumed', decision: input.eventId, accepted, by, reason, at: draft.at });
  if (waitsForOperator(draft.state)) holdAll(draft);
  else advance(draft, context);
}

/** A person's word on what no look-up could tell. Only about what is unknown: nothing that is known is talked away. */
function settle(input: DecisionInput, said: Settlement, draft: Draft<OpenSequence>, context: Context): void {
  if (!Object.hasOwn(draft.state.steps, said.step))
    return refuseDecision(input, draft, 'unknown-step', `there is no step ${said.step}`);
  const { step, now } = both(draft.state, said.step);
  if (now.phase !== 'outcome-unknown')
    return refuseDecision(input, draft, 'not-unknown', `step ${step.id} is ${now.phase}: there is nothing to settle`);
  const { attempt } = now;
  if (said.attempt !== undefined && said.attempt !== attempt)
    return refuseDecision(input, draft, 'other-attempt', `attempt ${attempt} of step ${step.id} is the unknown one`);
  const { reason, decidedBy: by } = input.data;
  const told = { step: step.id, attempt, applied: said.applied, decision: input.eventId, by, reason };
  draft.add({ kind: 'step-settled', ...told, at: draft.at });
  if (said.applied)
    applied(input.digest, draft, context, step, attempt, {
      ...{ changed: true, acceptedAt: draft.at, settledByLookUp: false },
    });
  else notApplied(input.digest, draft, step, attempt, 'settled-as-not-applied', `${by}: ${reason}`, true);
  if (draft.state.status === 'open') advance(draft, context);
}

function whyNotResumed(accept: readonly string[], state: OpenSequence): { code: string; message: string } | null {
  if (!waitsForOperator(state))
    return { code: 'not-waiting', message: 'the sequence waits for no decision of an operator' };
  const unknown = accept.filter((id) => !Object.hasOwn(state.mutations, id));
  if (unknown.length > 0)
    return { code: 'unknown-mutation', message: `the sequence has noticed no mutation ${listed(unknown)}` };
  const left = leftOut(state, accept);
  if (left.length > 0)
    return {
      code: 'not-all-accepted',
      message: `it goes on only when every mutation is accepted; left out: ${listed(left)}`,
    };
  return null;
}

const MOST_LISTED = 10;
const listed = (ids: readonly string[]): string =>
  ids.slice(0, MOST_LISTED).join(', ') + (ids.length > MOST_LISTED ? ` and ${ids.length - MOST_LISTED} more` : '');

export function refuseDecision(
  { eventId }: Pick<DecisionInput, 'eventId'>,
  draft: Draft,
  code: string,
  message: string,
): void {
  draft.add({ kind: 'input-refused', input: eventId, type: 'decision', code, message, at: draft.at });
}
