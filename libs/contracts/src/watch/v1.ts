import { z } from 'zod';
import { scopeMembers } from '../command/v1';
import { envelopeOf } from '../envelope/v1';
import { eventId, name, sequenceId } from '../ids';
import { limits } from '../limits';
import { resolvedExpectation } from '../target/v1';

export const WATCH_TYPE = 'causeway.watch.requested.v1';
export const WATCH_END_TYPE = 'causeway.watch.ended.v1';

/** What a step's change looks like from outside, wherever it is to take effect. */
export const watchedStep = z.strictObject({
  step: name,
  target: name,
  probe: name,
  scopes: z.array(scopeMembers).min(1).max(limits.scopesPerTarget),
  expect: z.array(resolvedExpectation).min(1).max(20),
});

/**
 * Look at all steps of a sequence from its acceptance to its end, whether they are commanded or not: only who looked before knows what
 * was effective too early. Opens no gate.
 */
export const watchData = z.strictObject({
  sequenceId,
  epoch: z.int().min(1),
  steps: z.array(watchedStep).min(1).max(limits.stepsPerPlan),
});

/** The sequence has ended: one last look, then no more. */
export const watchEndData = z.strictObject({ sequenceId, epoch: z.int().min(1), watchId: eventId });

export const watch = envelopeOf(WATCH_TYPE, watchData);
export const watchEnd = envelopeOf(WATCH_END_TYPE, watchEndData);
export type WatchData = z.output<typeof watchData>;
export type WatchRequest = z.output<typeof watch>;
export type WatchEndData = z.output<typeof watchEndData>;
export type WatchEnd = z.output<typeof watchEnd>;
