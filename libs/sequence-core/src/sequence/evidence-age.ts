import type { FrozenStep } from '@causeway/contracts';
import type { Unready } from '../readiness/verdict';
import type { Context } from './context';
import type { Draft } from './decision';
import { holdDependents } from './holds';
import { requestProbe } from './probe';
import { both, type OpenSequence, type StepState } from './state';

/**
 * How old what shows a step is when a gate is to open on it (I2, P10). Only the decider's own clock is read, and only differences of it:
 * what answers a request was seen after it was asked for, and the prober says how long after. An age that cannot be (the clock was set back)
 * is not known, and not knowing never passes.
 */

/** A time before which none of the looks began that answer a request. @param at of the decision on them: they began before it */
export function seenAfter(askedAt: string, sinceAskedMs: number, at: string): string {
  const askedMs = Date.parse(askedAt);
  return new Date(Math.max(askedMs, Math.min(askedMs + sinceAskedMs, Date.parse(at)))).toISOString();
}

/**
 * When what shows one of these was seen too long ago, asks for a look at them all, and holds the gates that wait for them. All at once: two that
 * take long to be shown would otherwise outlast each other by turns, and no gate would ever open.
 * @param needs steps that are ready
 * @returns whether they have to be looked at once more
 */
export function lookAgain(draft: Draft<OpenSequence>, context: Context, needs: readonly string[]): boolean {
  const { ageing, old, validForMs } = agesOf(draft, needs);
  if (old.size === 0) return false;
  const reasons = ageing.map(
    ({ step }) => [step.id, old.has(step.id) ? [shownTooLongAgo(step, validForMs)] : []] as const,
  );
  for (const { step, now } of ageing) requestProbe(draft, context, step, now.attempt);
  holdDependents(draft, new Map(reasons));
  return true;
}

/**
 * How old what shows the needs of a gate may be, milliseconds: as old as that of any of them. What is soon shown again waits for what takes
 * long.
 */
export const validTogetherMs = (needs: readonly FrozenStep[]): number =>
  Math.max(0, ...needs.map(({ show }) => show?.validForMs ?? 0));

/** Whether what shows one of these was seen too long ago. @param needs steps that are ready */
export const areTooOld = (draft: Draft<OpenSequence>, needs: readonly string[]): boolean =>
  agesOf(draft, needs).old.size > 0;

interface Ages {
  readonly ageing: readonly Ageing[];
  /** Ids of those that were seen too long ago. */
  readonly old: ReadonlySet<string>;
  readonly validForMs: number;
}

function agesOf({ state, at }: Draft<OpenSequence>, needs: readonly string[]): Ages {
  const ageing = needs.map((need) => both(state, need)).filter(isAgeing);
  const validForMs = validTogetherMs(ageing.map(({ step }) => step));
  const old = ageing.filter(({ now }) => isTooOld(now, validForMs, at)).map(({ step }) => step.id);
  return { ageing, old: new Set(old), validForMs };
}

/** Whether what shows any of these can grow too old. */
export const areAgeing = (state: OpenSequence, needs: readonly string[]): boolean =>
  needs.some((need) => isAgeing(both(state, need)));

type Ready = Extract<StepState, { phase: 'ready' }>;
interface Ageing {
  readonly step: FrozenStep;
  readonly now: Ready;
}

/** Not what needs no look, nor what an older release took for ready until the end. */
const isAgeing = (one: { step: FrozenStep; now: StepState }): one is Ageing =>
  one.now.phase === 'ready' && one.step.show?.validForMs !== undefined;

function isTooOld({ seenAfter: since }: Ready, validForMs: number, at: string): boolean {
  const ageMs = Date.parse(at) - Date.parse(since ?? '');
  return !(ageMs >= 0 && ageMs <= validForMs);
}

const shownTooLongAgo = ({ id }: FrozenStep, validForMs: number): Unready => ({
  ...{ step: id, scope: null, member: null, verdict: 'inconclusive', reason: 'stale', lastReadingAt: null },
  detail: `step ${id} was shown ready more than ${validForMs} ms ago: it is looked at once more`,
});
