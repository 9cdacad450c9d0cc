import { z } from 'zod';
import { scopeMembers } from '../command/v1';
import { envelopeOf } from '../envelope/v1';
import { changeName, instant, name } from '../ids';
import { limits } from '../limits';
import { parameters } from '../plan/v1';

export const MUTATION_TYPE = 'causeway.mutation.observed.v1';

const shortText = z.string().max(300);

/** A value that the system's history tells, or not: then nothing is made up. */
export const toldValue = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('known'), value: z.json() }),
  z.strictObject({ kind: z.literal('unknown') }),
]);

/**
 * When it happened, as the system claims. `between`: the system keeps no history, two looks differed; an instant in between would
 * be made up.
 */
export const happened = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('at'), at: instant }),
  z.strictObject({ kind: z.literal('between'), from: instant, to: instant }),
]);

/**
 * One change seen at a target, whoever made it, in the words of that change where it is one of those the target declares.
 *
 * - `resource` the system's own address of what changed
 * - `change`, `with` the declared change it is an instance of and what it says in that change's parameters, as far as the system tells;
 *   `change` null: none of the declared ones
 * - `effect` whether things are now as `with` says (`set`) or no longer (`removed`)
 * - `scopes` where; null: the whole target
 * - `by` `executor`: it carries what this principal's executor leaves behind (its account, its header), with the attempt where the
 *   system has a place for it; `other`: it does not
 * - `source` the system's own id of it: one mutation has one, however often it is read
 */
export const mutationData = z.strictObject({
  target: name,
  resource: z.string().min(1).max(300),
  change: changeName.nullable(),
  with: parameters,
  effect: z.enum(['set', 'removed']),
  scopes: z.array(scopeMembers).min(1).max(limits.scopesPerTarget).nullable(),
  actor: z.strictObject({ kind: z.enum(['user', 'service', 'unknown']), name: shortText.nullable() }),
  channel: z.strictObject({ client: shortText.nullable(), token: shortText.nullable(), address: shortText.nullable() }),
  before: toldValue,
  after: toldValue,
  by: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('executor'), attemptId: shortText.nullable() }),
    z.strictObject({ kind: z.literal('other') }),
  ]),
  source: z.strictObject({ id: z.string().min(1).max(300), detail: z.record(z.string().max(100), z.json()) }),
  happened,
  history: z.enum(['ordered-ids', 'timestamped-log', 'snapshot-only']),
  /** When the observer saw it, by its own clock. */
  observedAt: instant,
});

export const mutation = envelopeOf(MUTATION_TYPE, mutationData);
export type MutationData = z.output<typeof mutationData>;
export type Mutation = z.output<typeof mutation>;
