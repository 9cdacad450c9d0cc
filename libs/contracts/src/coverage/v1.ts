import { z } from 'zod';
import { envelopeOf } from '../envelope/v1';
import { instant, name } from '../ids';
import { limits } from '../limits';

export const COVERAGE_TYPE = 'causeway.coverage.reported.v1';

/**
 * What an observer vouches for: `covered`, every mutation of the target's governed resources in [from, to) has been sent before this
 * message; `gap`, mutations in [from, to) may be missing, and why. Times are the observer's. "Nobody changed it" can only be said of
 * covered time.
 */
export const coverageData = z.strictObject({
  target: name,
  kind: z.enum(['covered', 'gap']),
  from: instant,
  to: instant,
  reason: z.string().max(limits.text).nullable(),
});

export const coverage = envelopeOf(COVERAGE_TYPE, coverageData);
export type CoverageData = z.output<typeof coverageData>;
export type Coverage = z.output<typeof coverage>;
