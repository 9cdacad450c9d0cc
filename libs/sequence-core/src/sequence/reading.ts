import type { FrozenStep, ScopeShown } from '@causeway/contracts';
import { judgeRound, type ScopeVerdict, type Unready } from '../readiness/verdict';
import { advance } from './advance';
import type { Context, Input } from './context';
import type { Draft } from './decision';
import { seenAfter } from './evidence-age';
import { holdDependents } from './holds';
import { both, type OpenSequence, type StepState } from './state';

type ReadingInput = Extract<Input, { kind: 'reading-received' }>;
type Applied = Extract<StepState, { phase: 'applied' }>;

/**
 * A round of readings moves a step only while that step waits to be shown, and only when it answers the probe request
 * under way, so every reading that counts was taken after the change (I2). Anything else is late and changes nothing.
 */
export function decideReading(input: ReadingInput, draft: Draft<OpenSequence>, context: Context): void {
  const { data } = input;
  if (!Object.hasOwn(draft.state.steps, data.step)) return;
  const { step, now } = both(draft.state, data.step);
  if (
    now.phase !== 'applied' ||
    now.probeId !== data.probeId ||
    now.attempt !== data.attempt ||
    data.epoch !== draft.state.epoch
  )
    return;
  const verdicts = judgeRound(step, data, input.seenAt);
  if (verdicts.every(({ ready }) => ready)) {
    draft.add(stepReady(input, step, now, verdicts, draft.at));
    return advance(draft, context);
  }
  noteScopes(input, draft, step, now, verdicts);
  holdDependents(draft, new Map([[step.id, verdicts.flatMap((verdict) => reasonsOf(verdict, now))]]));
}

function stepReady(input: ReadingInput, step: FrozenStep, now: Applied, verdicts: readonly ScopeVerdict[], at: string) {
  const scopes = verdicts.map((verdict) => {
    const before = now.shown.find(({ scope }) => scope === verdict.scope);
    return {
      scope: verdict.scope,
      effectiveAt: before?.effectiveAt ?? verdict.effectiveAt ?? at,
      evidence: input.digest,
    };
  });
  const after = now.askedAt === null ? {} : { seenAfter: seenAfter(now.askedAt, input.data.sinceAskedMs ?? 0, at) };
  return { kind: 'step-ready', step: step.id, attempt: now.attempt, rung: step.rung, scopes, ...after, at } as const;
}

/** Scopes that got there, or fell back, while others still lag. One that cannot be seen just now has not fallen back. */
function noteScopes(
  input: ReadingInput,
  draft: Draft<OpenSequence>,
  step: FrozenStep,
  now: Applied,
  verdicts: readonly ScopeVerdict[],
): void {
  for (const { scope, ready, effectiveAt, showsOtherwise } of verdicts) {
    const before = now.shown.some((shown) => shown.scope === scope);
    if (ready && !before) {
      const shown: ScopeShown = { scope, effectiveAt: effectiveAt ?? draft.at, evidence: input.digest };
      draft.add({ kind: 'scope-ready', step: step.id, attempt: now.attempt, shown, at: draft.at });
    }
    if (showsOtherwise && before)
      draft.add({
        kind: 'scope-withdrawn',
        step: step.id,
        attempt: now.attempt,
        scope,
        evidence: input.digest,
        at: draft.at,
      });
  }
}

/** What was ready and is no longer disagrees with itself: that is said, not smoothed over. */
const reasonsOf = (verdict: ScopeVerdict, now: Applied): Unready[] =>
  verdict.reasons.map((reason) =>
    verdict.showsOtherwise && reason.reason === 'not-yet' && now.shown.some(({ scope }) => scope === verdict.scope)
      ? { ...reason, verdict: 'inconclusive', reason: 'disagreeing', detail: `was ready before; now ${reason.detail}` }
      : reason,
  );
