import { z } from 'zod';
import { envelopeOf } from '../envelope/v1';
import { name, sequenceId } from '../ids';
import { limits } from '../limits';

export const REFUSAL_TYPE = 'causeway.refusal.reported.v1';

/** A place that one process at a time acts from: its epoch (null: it has none, a lease) and who holds it (null: not known). */
const tenure = z.strictObject({
  epoch: z.int().min(0).nullable(),
  holder: z.string().min(1).max(200).nullable(),
});

/**
 * What a process was refused because another had taken its place meanwhile, in its own words: nothing of what it tried has happened.
 * The envelope's source says which service it is, `refused` which of its processes and under which epoch, `current` who was in its place
 * when it was refused.
 *
 * `tried`: `act` to go on at all, `decide`, `append` to the log, `answer` a command, `report` what it saw, `take` what was asked of it.
 */
export const refusalData = z.strictObject({
  /** The sequence it was about; null: none, or too many to name. */
  sequenceId: sequenceId.nullable(),
  step: name.nullable(),
  tried: z.enum(['act', 'decide', 'append', 'answer', 'report', 'take']),
  refused: tenure,
  current: tenure,
  reason: z.string().max(limits.text),
});

export const refusal = envelopeOf(REFUSAL_TYPE, refusalData);
export type RefusalData = z.output<typeof refusalData>;
export type RefusalReport = z.output<typeof refusal>;
