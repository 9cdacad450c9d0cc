import type { FrozenStep, Problem } from '@causeway/contracts';
import { MOST_OPEN } from '../mutation/candidates';
import { checkPlan } from '../plan/check-plan';
import { pointerOf } from '../plan/pointer';
import { advance, commandStep } from './advance';
import type { Context, Input } from './context';
import { Draft, type Decision, type Tools } from './decision';
import type { OpenSequence, SequenceState } from './state';
import { orderWatch, watchedSteps } from './watch';

type IntentInput = Extract<Input, { kind: 'intent-received' }>;

/** Most problems that one rejection names. The rest would help nobody. */
const MOST_PROBLEMS = 200;

/** An intent starts a sequence, is recognised as a repetition, or is refused with every problem named. */
export function decideIntent(input: IntentInput, state: SequenceState, context: Context, tools: Tools): Decision {
  if (state.status !== 'absent') return decideAgain(input, state, context, tools);
  const problems = digestProblem(input);
  const checked = checkPlan(input.data.plan, input.targets);
  if (problems.length > 0) return reject(input, context, tools, 'digest-mismatch', problems);
  if (!checked.ok) return reject(input, context, tools, 'plan-refused', checked.problems.slice(0, MOST_PROBLEMS));
  const crowded = input.data.mode === 'apply' ? crowdedTargets(checked.steps, tools) : [];
  if (crowded.length > 0) return reject(input, context, tools, 'target-full', crowded);
  const draft = new Draft<SequenceState>(state, tools, context.at);
  draft.add({
    kind: 'sequence-accepted',
    key: input.data.key,
    mode: input.data.mode,
    publisher: input.publisher,
    requestedBy: input.data.requestedBy,
    plan: checked.plan,
    planDigest: input.planDigest,
    steps: checked.steps,
    watch: input.data.mode === 'apply' && watchedSteps(checked.steps).length > 0 ? tools.newId() : null,
    semantics: 1,
    at: context.at,
  });
  orderWatch(draft as Draft<OpenSequence>, context.sequenceId);
  start(draft as Draft<OpenSequence>, context);
  return draft.done();
}

function start(draft: Draft<OpenSequence>, context: Context): void {
  if (draft.state.acceptance.mode === 'apply') return advance(draft, context);
  for (const step of draft.state.acceptance.steps) commandStep(draft, context, step, 1, 'look-up');
}

/** A sequence that no foreign change could be held against would go on in spite of it: it is not begun. */
function crowdedTargets(steps: readonly FrozenStep[], { claims }: Tools): Problem[] {
  const first = new Map(steps.map(({ target }) => [target, steps.findIndex((step) => step.target === target)]));
  const crowded = [...first].filter(([target]) => claims.openAt(target) >= MOST_OPEN);
  return crowded.map(([target, place]) => ({
    code: 'target-full',
    pointer: pointerOf(['spec', 'steps', place, 'target']),
    message:
      `target ${target} has ${MOST_OPEN} open sequences, the most that can be held against a foreign change: ` +
      'publish this under another key when some have ended',
  }));
}

const digestProblem = ({ data, planDigest }: IntentInput): Problem[] =>
  data.planDigest === planDigest
    ? []
    : [
        {
          code: 'digest-mismatch',
          pointer: '',
          message: `the plan's digest is ${planDigest}, the intent says ${data.planDigest}`,
        },
      ];

function reject(
  input: IntentInput,
  context: Context,
  tools: Tools,
  code: string,
  problems: readonly Problem[],
): Decision {
  const draft = new Draft<SequenceState>({ status: 'absent' }, tools, context.at);
  const { publisher, planDigest, data } = input;
  draft.add({
    kind: 'intent-rejected',
    key: data.key,
    publisher,
    planDigest,
    code,
    problems: [...problems],
    at: context.at,
  });
  return draft.done();
}

/** The same key again: the same intent is only recognised, another plan under it is refused. */
function decideAgain(
  input: IntentInput,
  state: Exclude<SequenceState, { status: 'absent' }>,
  context: Context,
  tools: Tools,
): Decision {
  const draft = new Draft<SequenceState>(state, tools, context.at);
  const before = state.status === 'rejected' ? state.rejection : state.acceptance;
  const same =
    before.planDigest === input.planDigest &&
    (state.status === 'rejected' || state.acceptance.mode === input.data.mode);
  if (same) draft.add({ kind: 'intent-repeated', key: input.data.key, intent: input.eventId, at: context.at });
  else {
    const message = `key "${input.data.key}" already names another plan or mode; use a new key`;
    draft.add({
      kind: 'input-refused',
      input: input.eventId,
      type: 'intent',
      code: 'key-reused',
      message,
      at: context.at,
    });
  }
  return draft.done();
}
