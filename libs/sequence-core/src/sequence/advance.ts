import type { CommandData, FrozenStep } from '@causeway/contracts';
import { sequenceIdOf, type Context } from './context';
import { hasKeys } from './claim';
import type { Draft, Order } from './decision';
import { areAgeing, areTooOld, lookAgain } from './evidence-age';
import { holdForOperator } from './holds';
import { areReady, couldStart, endSteps, mayApply, waitsForOperator } from './order';
import { stepState, type EndedSequence, type OpenSequence, type StepState } from './state';
import { orderWatchEnd } from './watch';

/**
 * The order of things.
 *
 * 1. A step is commanded only after every step it needs is `ready`; the gate's record cites what shows it (I1). What shows it is not
 *    older than it may be then; else it is looked for once more first (I2, P10).
 * 2. A gate opens and its step is commanded in one decision, so nothing can come between. An attempt
 *    after the first has a gate of its own where what shows its needs ages.
 * 3. Nothing is commanded before the sequence has all its conflict keys.
 * 4. Nothing is applied before an operator began what starts on resume, while one has to decide on a mutation, or after an abort.
 * 5. The sequence ends when no step can move any more; an aborted one when nothing is under way.
 */

/** How long an executor may take, milliseconds. Longer work reports `unknown` and is settled by look-up. */
const APPLY_DEADLINE_MS = 120_000;
const LOOK_UP_DEADLINE_MS = 30_000;

export function advance(draft: Draft<OpenSequence>, context: Context): void {
  const opens = mayApply(draft.state);
  const next = draft.state.acceptance.steps.filter((step) => couldStart(draft.state, step));
  if (opens && next.length > 0 && !hasKeys(draft, context)) return;
  for (const step of newestFirst(draft, next)) {
    if (opens) attemptStep(draft, context, step, 1);
    else if (!draft.state.aborting) holdForOperator(draft, step.id);
  }
  endIfNothingMoves(draft, context);
}

/** What can start by what is shown comes before what has its needs looked at once more: these may be needed by both. */
function newestFirst(draft: Draft<OpenSequence>, steps: readonly FrozenStep[]): FrozenStep[] {
  const old = steps.filter(({ needs }) => areTooOld(draft, needs));
  return [...steps.filter((step) => !old.includes(step)), ...old];
}

/** Orders an attempt if all that its step needs is shown by now, and not too long ago. */
export function attemptStep(draft: Draft<OpenSequence>, context: Context, step: FrozenStep, attempt: number): void {
  const { id, needs } = step;
  // What another gate has looked at once more may be needed here too.
  if (!areReady(draft.state, needs) || lookAgain(draft, context, needs)) return;
  if (attempt === 1 || areAgeing(draft.state, needs)) openGate(draft, id, needs);
  commandStep(draft, context, step, attempt, 'apply');
}

function openGate(draft: Draft<OpenSequence>, step: string | null, needs: readonly string[]): void {
  const evidence = needs.map((need) => {
    const shown = stepState(draft.state, need);
    return { step: need, scopes: shown.phase === 'ready' ? [...shown.shown] : [] };
  });
  draft.add({ kind: 'gate-opened', step, evidence, at: draft.at });
}

/** Orders one attempt, or a look-up of it, and records that it was ordered. */
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

export function endIfNothingMoves(draft: Draft<OpenSequence>, context: Context): void {
  const outcome = outcomeOf(draft.state);
  if (outcome === null) return;
  if (outcome === 'completed') {
    if (waitsForOperator(draft.state)) return holdForOperator(draft, null);
    const needs = endSteps(draft.state.acceptance.steps);
    if (lookAgain(draft, context, needs)) return;
    openGate(draft, null, needs);
  }
  const keysFreed = draft.state.claim ? { keysFreed: draft.tools.claims.nextTurn() } : {};
  draft.add({ kind: 'sequence-ended', outcome, ...keysFreed, at: draft.at });
  orderWatchEnd(draft, sequenceIdOf(context));
}

function outcomeOf(state: OpenSequence): EndedSequence['outcome'] | null {
  const { steps } = state.acceptance;
  const all = (...phases: StepState['phase'][]): boolean =>
    steps.every(({ id }) => phases.includes(stepState(state, id).phase));
  const mayStillAct = state.acceptance.mode === 'apply' && steps.some((step) => isUnderWay(state, step));
  if (state.aborting) return mayStillAct ? null : 'aborted';
  if (all('ready')) return 'completed';
  if (all('previewed')) return 'previewed';
  const stuck = all('ready', 'not-applied', 'waiting') && !steps.some((step) => couldStart(state, step));
  return stuck ? 'failed' : null;
}

/** Whether an attempt may still take effect without anybody knowing. What can never be looked up is not waited for. */
function isUnderWay(state: OpenSequence, { id, capability }: FrozenStep): boolean {
  const { phase } = stepState(state, id);
  return phase === 'commanded' || (phase === 'outcome-unknown' && capability !== 'D');
}
