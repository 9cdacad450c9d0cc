import type { Input } from '@causeway/sequence-core';

/** An input waiting for its decision. */
export interface Pending {
  readonly sequenceId: string;
  /** Event id of the message, or null for the clock: what the inbox remembers. */
  readonly eventId: string | null;
  readonly input: Input | { readonly kind: 'clock-reached' };
}
