import { z } from 'zod';
import { envelopeOf } from '../envelope/v1';
import { eventId, instant, name, sequenceId } from '../ids';
import { limits } from '../limits';

export const READING_TYPE = 'causeway.reading.taken.v1';

/** One raw observation of one member. `unreachable` is knowledge about the look, not about the member. */
export const reading = z.strictObject({
  scope: name,
  member: name,
  takenAt: instant,
  outcome: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('observed'), values: z.record(z.string().max(100), z.json()) }),
    z.strictObject({ kind: z.literal('unreachable'), reason: z.string().max(limits.text) }),
  ]),
  /** How many looks in a row showed these same values, this one included. */
  streak: z.int().min(1),
});

/** One round of looks for one probe request. */
export const readingData = z.strictObject({
  sequenceId,
  step: name,
  attempt: z.int().min(1).max(1_000),
  epoch: z.int().min(1),
  target: name,
  /** Event id of the probe request that asked for it. */
  probeId: eventId,
  round: z.int().min(1),
  /**
   * Every look of this round began at least so long after its request was taken, milliseconds; not counted on after a restart of the
   * prober. Absent: 0.
   */
  sinceAskedMs: z.int().min(0).optional(),
  readings: z
    .array(reading)
    .min(1)
    .max(limits.scopesPerTarget * limits.membersPerScope),
});

export const readingMessage = envelopeOf(READING_TYPE, readingData);
export type MemberReading = z.output<typeof reading>;
export type ReadingData = z.output<typeof readingData>;
export type ReadingMessage = z.output<typeof readingMessage>;
