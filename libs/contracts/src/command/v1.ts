import { z } from 'zod';
import { envelopeOf } from '../envelope/v1';
import { changeName, digest, name, sequenceId } from '../ids';
import { limits } from '../limits';
import { parameters } from '../plan/v1';

export const COMMAND_TYPE = 'causeway.command.issued.v1';

/** A scope with its frozen members. */
export const scopeMembers = z.strictObject({ scope: name, members: z.array(name).min(1).max(limits.membersPerScope) });
export type ScopeMembers = z.output<typeof scopeMembers>;

/** The order to an executor: one verb, one step, one attempt, under one epoch. */
export const commandData = z.strictObject({
  sequenceId,
  step: name,
  attempt: z.int().min(1).max(1_000),
  epoch: z.int().min(1),
  verb: z.enum(['apply', 'revert', 'look-up']),
  target: name,
  change: changeName,
  with: parameters,
  scopes: z.array(scopeMembers).min(1).max(limits.scopesPerTarget),
  planDigest: digest,
  /** How long the executor may take before it must report `unknown`, milliseconds. */
  deadlineMs: z.int().min(1).max(3_600_000),
});

export const command = envelopeOf(COMMAND_TYPE, commandData);
export type CommandData = z.output<typeof commandData>;
export type Command = z.output<typeof command>;
