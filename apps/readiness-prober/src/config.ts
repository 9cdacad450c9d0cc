import { z } from 'zod';

/** Besides what every message service needs. */
export const proberEnv = z.object({
  /** Folder of Target files: the only places a look may go to. Read once, at the start. */
  CAUSEWAY_TARGETS: z.string().min(1),
  /** File of read-only credentials of the probe users; none when absent. */
  CAUSEWAY_PROBE_CREDENTIALS: z.string().min(1).optional(),
  /** Only for benchmarks: probes of kind `instant` are answered with what they ask for. */
  CAUSEWAY_ALLOW_INSTANT_PROBES: z
    .enum(['true', 'false', ''])
    .default('false')
    .transform((value) => value === 'true'),
});
