import { z } from 'zod';
import { envelopeOf } from '../envelope/v1';
import { eventId, name, sequenceId } from '../ids';
import { limits } from '../limits';

export const DECISION_TYPE = 'causeway.decision.made.v1';

/**
 * An operator's decision about a sequence that waits for one.
 * - `resume` begins a sequence that starts on resume, or goes on after the named mutations, which are accepted as they are
 * - `abort` commands nothing more; the sequence ends once nothing is under way
 * - `settle` says what became of a step whose outcome is unknown: somebody looked, where no look-up of ours can tell
 */
const VERBS = ['resume', 'abort', 'settle'] as const;
export type Verb = (typeof VERBS)[number];

/**
 * Which step, and whether it took effect. Not applied: it is tried again. `attempt` is the one that was looked at: of any other it is
 * no word. Absent: the one that is unknown when the word is taken.
 */
export const settlement = z.strictObject({
  step: name,
  attempt: z.int().min(1).max(1_000).optional(),
  applied: z.boolean(),
});
export type Settlement = z.output<typeof settlement>;

export const decisionData = z
  .strictObject({
    sequenceId,
    verb: z.enum(VERBS),
    accept: z.array(eventId).max(limits.acceptedPerDecision),
    /** Of `settle`, and of no other. */
    settle: settlement.optional(),
    reason: z.string().min(1).max(limits.text),
    decidedBy: z.string().min(1).max(200),
  })
  .refine(({ verb, settle }) => (verb === 'settle') === (settle !== undefined), {
    path: ['settle'],
    message: 'a decision to settle, and no other, says which step it settles',
  });

export const decision = envelopeOf(DECISION_TYPE, decisionData);
export type DecisionData = z.output<typeof decisionData>;
export type DecisionMessage = z.output<typeof decision>;
