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

/** A time before which none of the looks began that answer a request. */
export const seenAfter = (askedAt: string, sinceAskedMs: number, at: string): string =>
  new Date(Math.min(Date.parse(askedAt) + sinceAskedMs, Date.parse(at))).toISOString();

/**
 * Asks for a look at every step of these that was shown ready too long ago, and holds the gates that wait for it.
 * @param needs steps that are ready
 * @returns whether any has to be looked at once more
 */
export function lookAgain(draft: Draft<OpenSequence>, context: Context, needs: readonly string[]): boolean {
  const old = needs.map((need) => both(draft.state, need)).filter(({ step, now }) => isTooOld(step, now, draft.at));
  for (const { step, now } of old) if (now.phase === 'ready') requestProbe(draft, context, step, now.attempt);
  if (old.length > 0) holdDependents(draft, new Map(old.map(({ step }) => [step.id, [seenTooLongAgo(step)]])));
  return old.length > 0;
}

/** What needs no look does not age, nor what an older release took for ready until the end. */
function isTooOld({ show }: FrozenStep, now: StepState, at: string): boolean {
  if (now.phase !== 'ready' || show?.validForMs === undefined) return false;
  const ageMs = Date.parse(at) - Date.parse(now.seenAfter ?? '');
  return !(ageMs >= 0 && ageMs <= show.validForMs);
}

const seenTooLongAgo = ({ id, show }: FrozenStep): Unready => ({
  ...{ step: id, scope: null, member: null, verdict: 'inconclusive', reason: 'stale', lastReadingAt: null },
  detail: `what showed it ready is older than ${show?.validForMs} ms: it is looked at once more`,
});
