import { z } from 'zod';
import { envelopeOf } from '../envelope/v1';
import { digest, eventId, name, sequenceId } from '../ids';
import { limits } from '../limits';

export const CLASSIFICATION_TYPE = 'causeway.mutation.classified.v1';

/** What an observed mutation is against the plans. */
export const MUTATION_CLASSES = ['expected', 'early', 'late', 'repeated', 'undeclared', 'different-content'] as const;
export const mutationClass = z.enum(MUTATION_CLASSES);
export type MutationClass = (typeof MUTATION_CLASSES)[number];

/**
 * One decided fact of a target's own stream. Everything the class was computed from is named, so anybody with the ledger computes it
 * again: the mutation's exact bytes, the target's stream before it (of it, the mutation of the same resource before), and the sequences it
 * was held against, each at its version, in this order, and the rules.
 */
export const classificationData = z.strictObject({
  target: name,
  /** Version of the target's stream; 1 is its first fact. */
  version: z.int().min(1),
  mutation: eventId,
  /** SHA-256 of the mutation message. */
  digest,
  /** The classified mutation of the same resource before this one; null: none is known. */
  previous: eventId.nullable(),
  class: mutationClass,
  /** `executor`: ours, by what our executor left at the target. */
  by: z.enum(['executor', 'other']),
  reason: z.string().max(limits.text),
  match: z.strictObject({ sequenceId, step: name }).nullable(),
  against: z.array(z.strictObject({ sequenceId, version: z.int().min(1) })).max(1_000),
  /** Sequences that stop for it until an operator decides. */
  holds: z.array(sequenceId).max(1_000),
  /** Number of the rules it was classed by. Absent: 1, which kept of a resource only its last mutation, whichever places that named. */
  rules: z.literal(2).optional(),
});

export const classification = envelopeOf(CLASSIFICATION_TYPE, classificationData);
export type ClassificationData = z.output<typeof classificationData>;
export type Classification = z.output<typeof classification>;
