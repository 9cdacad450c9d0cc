import { z } from 'zod';
import { scopeMembers } from '../command/v1';
import { envelopeOf } from '../envelope/v1';
import { name, sequenceId } from '../ids';
import { limits } from '../limits';
import { rung } from '../plan/v1';
import { resolvedExpectation } from '../target/v1';

export const PROBE_TYPE = 'causeway.probe.requested.v1';

/** Look at these members, through this probe of the target, until all show what is expected or the time is over. */
export const probeData = z.strictObject({
  sequenceId,
  step: name,
  attempt: z.int().min(1).max(1_000),
  epoch: z.int().min(1),
  target: name,
  rung,
  probe: name,
  scopes: z.array(scopeMembers).min(1).max(limits.scopesPerTarget),
  /** Only for the prober's pace: it stops looking once every member showed this `consecutive` times in a row. It decides nothing. */
  expect: z.array(resolvedExpectation).min(1).max(20),
  consecutive: z.int().min(1).max(100),
  /** How long to look at the most, milliseconds. */
  lookForMs: z.int().min(1).max(86_400_000),
});

export const probe = envelopeOf(PROBE_TYPE, probeData);
export type ProbeData = z.output<typeof probeData>;
export type ProbeRequest = z.output<typeof probe>;
