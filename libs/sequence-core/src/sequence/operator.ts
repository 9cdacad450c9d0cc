import { advance, endIfNothingMoves } from './advance';
import type { Context, Input } from './context';
import type { Draft } from './decision';
import { undecided, waitsForOperator } from './order';
import type { OpenSequence } from './state';

type DecisionInput = Extract<Input, { kind: 'decision-received' }>;

/** An operator's word. One that does not fit the state changes nothing and is recorded with its reason. */
export function decideOperator(input: DecisionInput, draft: Draft<OpenSequence>, context: Context): void {
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
  advance(draft, context);
}

function whyNotResumed(accept: readonly string[], state: OpenSequence): { code: string; message: string } | null {
  if (!waitsForOperator(state))
    return { code: 'not-waiting', message: 'the sequence waits for no decision of an operator' };
  const unknown = accept.filter((id) => !Object.hasOwn(state.mutations, id));
  if (unknown.length > 0)
    return { code: 'unknown-mutation', message: `the sequence has noticed no mutation ${listed(unknown)}` };
  const left = undecided(state).flatMap(([id]) => (accept.includes(id) ? [] : [id]));
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
