import type { Sealed } from './envelopes';

/** A message with its place in the outbox. Places rise in the order of insertion of one transaction. */
export interface OutboxRow {
  /** Decimal. */
  readonly place: string;
  readonly sealed: Sealed;
}

/**
 * The table of messages that are decided and not yet acknowledged by the broker. `Tx` is the store's own transaction type:
 * rows become visible with the state change they belong to, or never.
 */
export interface OutboxStore<Tx = unknown> {
  /** Rows in the given order, for `relay.enqueue` after the commit. */
  insert(tx: Tx, messages: readonly Sealed[]): Promise<OutboxRow[]>;
  /** The oldest rows, in order; only those older than `olderThanMs` by the database's clock. */
  pending(limit: number, olderThanMs: number): Promise<OutboxRow[]>;
  deleteSent(places: readonly string[]): Promise<void>;
  /** Told when the answer to a commit was lost: the table may hold rows that nobody will enqueue. */
  onCommitInDoubt(listener: () => void): void;
}
