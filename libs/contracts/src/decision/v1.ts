import { z } from 'zod';
import { envelopeOf } from '../envelope/v1';
import { eventId, sequenceId } from '../ids';
import { limits } from '../limits';

export const DECISION_TYPE = 'causeway.decision.made.v1';

/**
 * An operator's decision about a sequence that waits for one.
 * - `resume` begins a sequence that starts on resume, or goes on after the named mutations, which are accepted as they are
 * - `abort` commands nothing more; the sequence ends once nothing is under way
 */
export const decisionData = z.strictObject({
  sequenceId,
  verb: z.enum(['resume', 'abort']),
  accept: z.array(eventId).max(1_000),
  reason: z.string().min(1).max(limits.text),
  decidedBy: z.string().min(1).max(200),
});

export const decision = envelopeOf(DECISION_TYPE, decisionData);
export type DecisionData = z.output<typeof decisionData>;
export type DecisionMessage = z.output<typeof decision>;
