import { z } from 'zod';
import { decisionData, eventId, instant, sequenceId, settlement } from '@causeway/contracts';
import { position } from './sequences';

/** Body of `POST /v1/sequences/{id}/decisions`. */
export const submitDecision = z
  .strictObject({
    verb: decisionData.shape.verb,
    accept: decisionData.shape.accept.default([]),
    /** Of `settle`: which step, and whether it took effect. */
    settle: settlement.optional(),
    reason: decisionData.shape.reason,
  })
  .refine(({ verb, settle }) => (verb === 'settle') === (settle !== undefined), {
    path: ['settle'],
    message: 'a decision to settle, and no other, says which step it settles: {"step": "...", "applied": true | false}',
  });

/**
 * A decision and what became of it. `submitted`: on its way to the sequencer; `taken`: the sequence went on or stops because of it;
 * `refused`: the sequencer did not take it, and why.
 */
export const decisionView = z.strictObject({
  id: eventId,
  sequenceId,
  verb: decisionData.shape.verb,
  accept: decisionData.shape.accept,
  settle: settlement.nullable(),
  reason: z.string(),
  decidedBy: z.string(),
  status: z.enum(['submitted', 'taken', 'refused']),
  /** Why it was refused. */
  problem: z.string().nullable(),
  submittedAt: instant,
  /** Entry of the decision; of the record that says what became of it. */
  index: position.nullable(),
  outcomeIndex: position.nullable(),
  /** Path of this answer. */
  location: z.string(),
});
export type DecisionView = z.output<typeof decisionView>;
