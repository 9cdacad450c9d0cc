import type { Input } from '@causeway/sequence-core';

/** Inputs that are completed, when their turn comes, with what is kept beside the states. */
type Beside = Extract<Input, { kind: 'reading-received' | 'clock-reached' }>;

/** An input waiting for its decision. */
export interface Pending {
  readonly sequenceId: string;
  /** Event id of the message, or null for the clock: what the inbox remembers. */
  readonly eventId: string | null;
  readonly input:
    | Exclude<Input, Beside>
    | Omit<Extract<Input, { kind: 'reading-received' }>, 'seenAt'>
    | { readonly kind: 'clock-reached' };
}
