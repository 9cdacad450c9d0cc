import { z } from 'zod';

/** Besides what every message service needs. */
export const sequencerEnv = z.object({
  /** Folder of Target files: the systems under governance. */
  CAUSEWAY_TARGETS: z.string().min(1),
});
