import { durationMs, type FrozenStep, type OnFailure } from '@causeway/contracts';
import { own } from '../own';
import type { OpenSequence, StepState } from './state';

/** What holds where a plan says nothing. */
const USUAL: NonNullable<FrozenStep['onFailure']> = {
  ...{ attempts: 3, pauseMs: 2_000, factor: 2, longestPauseMs: 300_000, then: 'fail' },
};

/** A plan's policy as it will run. */
export function frozenPolicy({ do: what, then, ...given }: OnFailure): NonNullable<FrozenStep['onFailure']> {
  const pauseMs = given.pause === undefined ? USUAL.pauseMs : durationMs(given.pause);
  const longest = given.longestPause === undefined ? USUAL.longestPauseMs : durationMs(given.longestPause);
  return {
    attempts: what === 'stop' ? 1 : (given.attempts ?? USUAL.attempts),
    ...{ pauseMs, factor: given.factor ?? USUAL.factor },
    // A pause that was given is never cut by a limit that was not.
    longestPauseMs: given.longestPause === undefined ? Math.max(longest, pauseMs) : longest,
    then,
  };
}

export const policyOf = ({ onFailure }: Pick<FrozenStep, 'onFailure'>): NonNullable<FrozenStep['onFailure']> =>
  onFailure ?? USUAL;

/** How an attempt counts against the policy: an operator who resumes grants all attempts anew. */
const countedAttempt = ({ resumedAfter }: Pick<OpenSequence, 'resumedAfter'>, id: string, attempt: number): number =>
  attempt - (own(resumedAfter, id) ?? 0);

/** The code of an attempt that a look-up found in effect in some of its scopes or members, and absent in others. */
export const FOUND_IN_PART = 'found-in-part';

/** Codes of attempts after which it is known, or a person says, that nothing at all is there. */
const LEFT_NOTHING = new Set(['found-absent', 'lost-and-absent', 'settled-as-not-applied']);

/** Whether a part of the step's change is known to stand at the target after an attempt that ended with this code. */
export const isLeftInPart = ({ leftInPart }: StepState, code: string): boolean =>
  code === FOUND_IN_PART || (leftInPart === true && !LEFT_NOTHING.has(code));

/** Milliseconds from the failure of the n-th counted attempt to the next one. */
const pauseAfter = (step: Pick<FrozenStep, 'onFailure'>, counted: number): number => {
  const { pauseMs, factor, longestPauseMs } = policyOf(step);
  return Math.min(pauseMs * factor ** (counted - 1), longestPauseMs);
};

/**
 * What follows from an attempt that is known not to have been applied: an instant for the next one, null to wait for an operator, or
 * `final`.
 * @param retriable whether its executor says that trying again may help
 */
export function afterFailure(
  state: OpenSequence,
  step: FrozenStep,
  attempt: number,
  retriable: boolean,
  at: string,
): string | null | 'final' {
  const { attempts, then } = policyOf(step);
  const counted = countedAttempt(state, step.id, attempt);
  if (retriable && counted < attempts) return new Date(Date.parse(at) + pauseAfter(step, counted)).toISOString();
  return then === 'hold' ? null : 'final';
}
