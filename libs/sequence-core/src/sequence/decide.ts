import { advance } from './advance';
import type { Context, Input } from './context';
import { decideClock } from './clock';
import { Draft, type Decision, type Tools } from './decision';
import { decideIntent } from './intent';
import { decideMutation } from './mutation';
import { decideOperator, refuseDecision } from './operator';
import { decideReading } from './reading';
import { decideResult } from './result';
import type { OpenSequence, SequenceState } from './state';

/**
 * What follows from one input on one state. Synchronous, total, pure: the same input, state, tools and time give the same
 * decision, on any machine, for ever (semantics 1).
 *
 * 1. Nothing is ordered without a recorded fact that says so, in the same decision.
 * 2. An input that does not fit the state changes nothing; if it claims something that was never asked for, that is
 *    recorded (`input-refused`).
 * 3. Not knowing never passes: only `ready` opens a gate.
 */
export function decide(input: Input, state: SequenceState, context: Context, tools: Tools): Decision {
  if (input.kind === 'intent-received') return decideIntent(input, state, context, tools);
  if (state.status !== 'open') return late(input, state, context, tools);
  const draft = new Draft<OpenSequence>(state, tools, context.at);
  switch (input.kind) {
    case 'result-received':
      decideResult(input, draft, context);
      break;
    case 'reading-received':
      decideReading(input, draft, context);
      break;
    case 'mutation-classified':
      decideMutation(input, draft, context);
      break;
    case 'decision-received':
      decideOperator(input, draft, context);
      break;
    case 'keys-freed':
      advance(draft, context);
      break;
    case 'clock-reached':
      decideClock(input, draft, context);
      break;
  }
  return draft.done();
}

/** Who answers or decides for a sequence that waits for nothing is told so; everything else is only late. */
function late(input: Input, state: SequenceState, context: Context, tools: Tools): Decision {
  const draft = new Draft(state, tools, context.at);
  if (state.status === 'absent') return draft.done();
  if (input.kind === 'decision-received') {
    const code = state.status === 'ended' ? 'already-ended' : 'never-accepted';
    refuseDecision(input, draft, code, `the sequence is ${state.status} and takes no decision`);
  }
  if (input.kind === 'result-received') {
    const message = `the sequence is ${state.status} and waits for no result`;
    const refused = { input: input.eventId, type: 'result', code: 'not-awaited', message, at: context.at };
    draft.add({ kind: 'input-refused', ...refused });
  }
  return draft.done();
}
