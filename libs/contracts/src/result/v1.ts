import { z } from 'zod';
import { envelopeOf } from '../envelope/v1';
import { digest, instant, name, sequenceId } from '../ids';
import { limits } from '../limits';

export const RESULT_TYPE = 'causeway.result.reported.v1';

/** What the target said, as plain JSON: revision, id, value before and after. Never a secret. */
export const evidence = z.record(z.string().max(100), z.json());

/**
 * What the executor knows.
 * - `applied`: the call returned and the change is there; `changed` false means it was already so and nothing was written;
 *   `duplicateSuspected` why an effect of the same attempt may have come before this one (left out: none can have)
 * - `not-applied`: nothing was written, and why; `retriable` when trying again may help
 * - `unknown`: the executor cannot say; only a look-up or a person settles it
 * - `looked-up`: what is there now; `byThisAttempt` null when the target cannot tell whose it is. `absent` with `partial: true` in its
 *   evidence: in effect in some of the scopes or members, so neither whole nor nothing
 * - `refused`: the command was not tried (stale epoch, unknown change, wrong target)
 */
export const outcome = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('applied'),
    changed: z.boolean(),
    acceptedAt: instant,
    duplicateSuspected: z.string().max(limits.text).optional(),
    evidence,
  }),
  z.strictObject({
    kind: z.literal('not-applied'),
    code: name,
    message: z.string().max(limits.text),
    retriable: z.boolean(),
    evidence,
  }),
  z.strictObject({ kind: z.literal('unknown'), reason: z.string().max(limits.text), evidence }),
  z.strictObject({
    kind: z.literal('looked-up'),
    state: z.enum(['in-effect', 'absent', 'unknown']),
    byThisAttempt: z.boolean().nullable(),
    evidence,
  }),
  z.strictObject({ kind: z.literal('refused'), code: name, message: z.string().max(limits.text) }),
]);

export const resultData = z.strictObject({
  sequenceId,
  step: name,
  attempt: z.int().min(1).max(1_000),
  epoch: z.int().min(1),
  verb: z.enum(['apply', 'revert', 'look-up']),
  target: name,
  /** SHA-256 of the exact bytes of the command this answers. */
  commandDigest: digest,
  startedAt: instant,
  finishedAt: instant,
  outcome,
});

export const result = envelopeOf(RESULT_TYPE, resultData);
export type Outcome = z.output<typeof outcome>;
export type ResultData = z.output<typeof resultData>;
export type Result = z.output<typeof result>;
