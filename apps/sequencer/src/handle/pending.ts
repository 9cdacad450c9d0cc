import type { MutationData } from '@causeway/contracts';
import type { Input } from '@causeway/sequence-core';

/** Inputs that are completed, when their turn comes, with what is kept beside the states. */
type Beside = Extract<Input, { kind: 'reading-received' | 'clock-reached' }>;

/** An input of a sequence, waiting for its decision. */
export interface PendingInput {
  readonly sequenceId: string;
  /** Event id of the message, or null for the clock: what the inbox remembers. */
  readonly eventId: string | null;
  readonly input:
    | Exclude<Input, Beside>
    | Omit<Extract<Input, { kind: 'reading-received' }>, 'seenAt'>
    | { readonly kind: 'clock-reached' };
}

/** A mutation of a target, waiting for its class. */
export interface PendingMutation {
  readonly target: string;
  readonly eventId: string;
  /** SHA-256 of the message. */
  readonly digest: string;
  readonly mutation: MutationData;
}

export type Pending = PendingInput | PendingMutation;

export const isMutation = (pending: Pending): pending is PendingMutation => 'mutation' in pending;
