import { z } from 'zod';
import { envelopeOf } from '../envelope/v1';

export const CHECKPOINT_TYPE = 'causeway.checkpoint.published.v1';

/**
 * First line of an export and the ledger's signed note under it (ledger-core: headerText, signHeader), so that whoever keeps
 * the entries can write exports without the ledger's key.
 */
export const exportHeader = z.strictObject({ line: z.string().max(100_000), note: z.string().max(4_000) });

/** Signed size and root of the ledger, as a C2SP signed note (tlog-checkpoint). */
export const checkpointData = z.strictObject({
  origin: z.string(),
  size: z.int().min(0),
  note: z.string().max(4_000),
  /** With the first checkpoint after each start of the ledger: its keys change only there. */
  exportHeader: exportHeader.optional(),
});

export const checkpoint = envelopeOf(CHECKPOINT_TYPE, checkpointData);
export type CheckpointData = z.output<typeof checkpointData>;
export type Checkpoint = z.output<typeof checkpoint>;
