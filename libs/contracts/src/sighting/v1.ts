import { z } from 'zod';
import { envelopeOf } from '../envelope/v1';
import { eventId, instant, name, sequenceId } from '../ids';
import { limits } from '../limits';

export const SIGHTING_TYPE = 'causeway.sighting.made.v1';

/**
 * A member began to show something else. It did so between `notBefore` (when the last look that showed otherwise began; null: this
 * is the first look) and `seenAt` (when the first look that shows it was answered). That interval is the certainty of everything
 * computed from it. Values are those the step's expectation asks about, as they came.
 */
export const sight = z.strictObject({
  step: name,
  scope: name,
  member: name,
  notBefore: instant.nullable(),
  seenAt: instant,
  outcome: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('observed'), values: z.record(z.string().max(100), z.json()) }),
    z.strictObject({ kind: z.literal('unreachable'), reason: z.string().max(limits.text) }),
  ]),
});

/** What changed in front of a watch since its last message; without sights, that all is as it was. */
export const sightingData = z.strictObject({
  sequenceId,
  watchId: eventId,
  epoch: z.int().min(1),
  sights: z.array(sight).max(1_000),
  /** Every watched member was looked at since, and showed what was last said of it. */
  lookedUntil: instant,
  last: z.boolean(),
});

export const sighting = envelopeOf(SIGHTING_TYPE, sightingData);
export type Sight = z.output<typeof sight>;
export type SightingData = z.output<typeof sightingData>;
export type Sighting = z.output<typeof sighting>;
