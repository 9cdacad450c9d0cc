import { z } from 'zod';
import { envelopeOf } from '../envelope/v1';

export const CHECKPOINT_TYPE = 'causeway.checkpoint.published.v1';

/** Signed size and root of the ledger, as a C2SP signed note (tlog-checkpoint). */
export const checkpointData = z.strictObject({ origin: z.string(), size: z.int().min(0), note: z.string().max(4_000) });

export const checkpoint = envelopeOf(CHECKPOINT_TYPE, checkpointData);
export type CheckpointData = z.output<typeof checkpointData>;
export type Checkpoint = z.output<typeof checkpoint>;
