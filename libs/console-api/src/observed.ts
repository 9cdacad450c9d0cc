import { z } from 'zod';
import { eventId, instant, MUTATION_CLASSES, mutationData, name, sequenceId } from '@causeway/contracts';
import { position } from './sequences';

const mutationClass = z.enum(MUTATION_CLASSES);

/**
 * A change seen at a target, whoever made it. `index` is the ledger entry that tells it, `classIndex` the one that says what it is
 * against the plans (both null: not classed yet).
 */
export const mutationItem = z.strictObject({
  /** What `resume --accept` names. */
  id: eventId,
  index: position,
  recordedAt: instant,
  ...mutationData.shape,
  /** The team that owns the target; null: this console is not told. */
  owner: z.string().nullable(),
  class: mutationClass.nullable(),
  classIndex: position.nullable(),
  reason: z.string().nullable(),
  /** The plan step it was matched to. */
  match: z.strictObject({ sequenceId, step: name }).nullable(),
  /** Sequences that stopped for it. */
  holds: z.array(sequenceId),
  /** Whether a plan explains it: expected, or our own repetition. */
  explained: z.boolean(),
});
export type MutationItem = z.output<typeof mutationItem>;

const uncoveredInterval = z.strictObject({
  target: name,
  from: instant,
  to: instant,
  /** What the observer said; null: it said nothing about this time. */
  reason: z.string().nullable(),
  index: position.nullable(),
});
export type UncoveredInterval = z.output<typeof uncoveredInterval>;

/**
 * Whether anything was done outside the layer. `no` is only said when observers vouch for every asked target over the whole time and every
 * mutation is classed; `unknown`: nothing is known to be outside, but nobody vouches for the uncovered intervals, or something is unclassed.
 */
export const outsideAnswer = z.strictObject({
  asOf: position.nullable(),
  answer: z.enum(['yes', 'no', 'unknown']),
  from: instant,
  to: instant,
  targets: z.array(name),
  mutations: z.array(mutationItem),
  /** True when there are more mutations than are listed. */
  more: z.boolean(),
  /** Bear the mark of our executor and are not classed yet: whether anything ordered them is not known. The first 200. */
  unclassed: z.array(mutationItem),
  uncovered: z.array(uncoveredInterval),
  /** Entries in which observers vouch for the covered time. */
  vouched: z.array(z.strictObject({ target: name, from: instant, to: instant, index: position })),
  summary: z.string(),
});
export type OutsideAnswer = z.output<typeof outsideAnswer>;

const ratioShape = {
  mutations: z.int(),
  explained: z.int(),
  /** Of which nothing is decided yet. */
  unclassed: z.int(),
  /** Of those that are classed; null: there are none. */
  ratio: z.number().nullable(),
};

/** How much of what happened is explained by plans, per target and per owner team. */
export const explainedAnswer = z.strictObject({
  asOf: position.nullable(),
  targets: z.array(z.strictObject({ target: name, owner: z.string().nullable(), ...ratioShape })),
  owners: z.array(z.strictObject({ owner: z.string().nullable(), ...ratioShape })),
  summary: z.string(),
});
export type ExplainedAnswer = z.output<typeof explainedAnswer>;
