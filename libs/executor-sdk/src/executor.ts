import type { CommandData, ScopeMembers, Target } from '@causeway/contracts';

/** Plain JSON as it stands in messages. */
export type Json = CommandData['with'][string];
/** What the target said: revision, ids, values before and after. Plain JSON, bounded, never a secret. */
export type Evidence = Readonly<Record<string, Json>>;

/**
 * What a repeated apply can rely on.
 *
 * - `A` conditional write with our version: a stale one is refused by the target
 * - `B` the target honours an idempotency key
 * - `C` the state can be read back, and the change is a set, not an increment
 * - `D` none of these: one attempt, then a person
 */
export type CapabilityClass = 'A' | 'B' | 'C' | 'D';

export interface DeclaredChange {
  readonly capability: CapabilityClass;
  /** Whether the target itself refuses an older epoch. Hardly any does: then only the executor's fence stands. */
  readonly checksEpoch: boolean;
}

/** One change asked of a target, under one attempt. */
export interface ChangeRequest {
  readonly sequenceId: string;
  readonly step: string;
  readonly attempt: number;
  readonly epoch: number;
  readonly target: string;
  readonly change: string;
  readonly with: Readonly<Record<string, Json>>;
  readonly scopes: readonly ScopeMembers[];
  /** `<sequence id>/<step>/<attempt>`: carried to the target wherever it has a place for it. Stable over repeats and crashes. */
  readonly attemptId: string;
  /** Fires when the time is over. Every call to the target must end then. */
  readonly signal: AbortSignal;
}

/**
 * What is there now. `partial`: in effect in some of the asked scopes or members, absent in others; the evidence says which.
 * `byThisAttempt` null: the target cannot tell whose it is.
 */
export interface LookUp {
  readonly state: 'in-effect' | 'partial' | 'absent' | 'unknown';
  readonly byThisAttempt: boolean | null;
  readonly evidence: Evidence;
}

/** `changed` false: it was already so and nothing was written. */
export interface Written {
  readonly changed: boolean;
  readonly evidence: Evidence;
}

/**
 * What a vendor team implements, and nothing more.
 *
 * 1. `lookUp` never writes.
 * 2. `apply` and `revert` return only once the target has taken the change. They write only what differs, so a repeat of the
 *    same attempt writes nothing.
 * 3. They throw {@link NotApplied} only when it is certain that nothing was written. Any other error means: unknown. What follows the
 *    first write is done in `afterFirstWrite`, so that no refusal comes out of it.
 * 4. They stop calling the target when the request's signal fires.
 * 5. Evidence, error texts and logs carry no credential.
 */
export interface Executor {
  /** Which kind of system it speaks to, `unleash`. */
  readonly kind: string;
  readonly version: string;
  /** What the target's own history is worth. */
  readonly history: Target['spec']['history'];
  /** By change name, `toggle@v1`. */
  readonly changes: Readonly<Record<string, DeclaredChange>>;
  lookUp(request: ChangeRequest): Promise<LookUp>;
  apply(request: ChangeRequest): Promise<Written>;
  revert(request: ChangeRequest): Promise<Written>;
}

/** The attempt as one text, the same for every repeat of it. */
export const attemptIdOf = (command: Pick<CommandData, 'sequenceId' | 'step' | 'attempt'>): string =>
  `${command.sequenceId}/${command.step}/${command.attempt}`;

/** The request of a command. The signal is asked of the deadline only when the executor asks for it. */
export function requestOf(command: CommandData, deadline: { readonly signal: AbortSignal }): ChangeRequest {
  const { sequenceId, step, attempt, epoch, target, change, scopes } = command;
  return {
    ...{ sequenceId, step, attempt, epoch, target, change, with: command.with, scopes },
    attemptId: attemptIdOf(command),
    get signal() {
      return deadline.signal;
    },
  };
}
