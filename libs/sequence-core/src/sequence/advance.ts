import type { CommandData, FrozenStep } from '@causeway/contracts';
import { sequenceIdOf, type Context } from './context';
import type { Draft, Order } from './decision';
import { frozenStep, stepState, type OpenSequence } from './state';

/**
 * The order of things.
 *
 * 1. A step is commanded only after every step it needs is `ready`; the gate's record cites what shows it (I1).
 * 2. A gate opens and its step is commanded in one decision, so nothing can come between.
 * 3. The sequence ends when no step can move any more.
 */

/** How long an executor may take, milliseconds. Longer work reports `unknown` and is settled by look-up. */
const APPLY_DEADLINE_MS = 120_000;
const LOOK_UP_DEADLINE_MS = 30_000;

export function advance(draft: Draft<OpenSequence>, context: Context): void {
  for (const step of draft.state.acceptance.steps) {
    if (stepState(draft.state, step.id).phase === 'waiting' && step.needs.every((need) => isReady(draft.state, need))) {
      openGate(draft, step.id, step.needs);
      commandStep(draft, context, step, 1, 'apply');
    }
  }
  endIfNothingMoves(draft);
}

const isReady = (state: OpenSequence, id: string): boolean => stepState(state, id).phase === 'ready';

function openGate(draft: Draft<OpenSequence>, step: string | null, needs: readonly string[]): void {
  const evidence = needs.map((need) => {
    const shown = stepState(draft.state, need);
    return { step: need, scopes: shown.phase === 'ready' ? [...shown.shown] : [] };
  });
  draft.add({ kind: 'gate-opened', step, evidence, at: draft.at });
}

/** Orders one attempt of a step and records that it was ordered. */
export function commandStep(
  draft: Draft<OpenSequence>,
  context: Context,
  step: FrozenStep,
  attempt: number,
  verb: 'apply' | 'look-up',
): void {
  const data: CommandData = {
    sequenceId: sequenceIdOf(context),
    step: step.id,
    attempt,
    epoch: draft.state.epoch,
    verb,
    target: step.target,
    change: step.change,
    with: step.with,
    scopes: step.scopes,
    planDigest: draft.state.acceptance.planDigest,
    deadlineMs: verb === 'apply' ? APPLY_DEADLINE_MS : LOOK_UP_DEADLINE_MS,
  };
  const order: Order = { kind: 'command', id: draft.tools.newId(), executor: step.executor, data };
  draft.add({
    kind: 'step-commanded',
    verb,
    step: step.id,
    attempt,
    commandId: order.id,
    commandDigest: draft.tools.digestOf(order),
    at: draft.at,
  });
  draft.order(order);
}

function endIfNothingMoves(draft: Draft<OpenSequence>): void {
  const { steps, acceptance } = draft.state;
  const phases = Object.values(steps).map(({ phase }) => phase);
  if (phases.every((phase) => phase === 'ready')) {
    openGate(draft, null, endSteps(acceptance.steps));
    draft.add({ kind: 'sequence-ended', outcome: 'completed', at: draft.at });
  } else if (phases.every((phase) => phase === 'previewed')) {
    draft.add({ kind: 'sequence-ended', outcome: 'previewed', at: draft.at });
  } else if (phases.every((phase) => phase === 'ready' || phase === 'not-applied' || phase === 'waiting')) {
    draft.add({ kind: 'sequence-ended', outcome: 'failed', at: draft.at });
  }
}

/** Steps that nothing needs: the gate at the end of the sequence waits for them. */
export const endSteps = (steps: readonly FrozenStep[]): string[] => {
  const needed = new Set(steps.flatMap(({ needs }) => needs));
  return steps.map(({ id }) => id).filter((id) => !needed.has(id));
};

/** The step of a state that is being decided, with its frozen form. */
export const both = (state: OpenSequence, id: string) => ({ step: frozenStep(state, id), now: stepState(state, id) });
