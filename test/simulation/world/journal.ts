/** What happened at the targets, as nobody but the world knows it. Times are virtual milliseconds. */
export type WorldEntry =
  /** A write arrived. `changed`: what is there is different now; class D always is, since each write is an effect of its own. */
  | {
      readonly kind: 'write';
      readonly at: number;
      /** When the call left. */
      readonly sentAt: number;
      readonly target: string;
      readonly resource: string;
      readonly value: string;
      readonly changed: boolean;
      /** Which process it came from; null: nobody of ours. */
      readonly from: string | null;
      /** null: nobody of ours. */
      readonly attemptId: string | null;
      /** What its target promises: 'A' to 'D'. */
      readonly capability: string;
      /** What was there; null: nothing. */
      readonly before: string | null;
    }
  /** The target itself turned a write away: another version, or a key that it knows. */
  | { readonly kind: 'turned-away'; readonly at: number; readonly target: string; readonly attemptId: string }
  /** It said that a write was done, and it was not. */
  | { readonly kind: 'lied'; readonly at: number; readonly target: string }
  | { readonly kind: 'looked-up'; readonly at: number; readonly target: string; readonly attemptId: string }
  | {
      readonly kind: 'shown';
      readonly at: number;
      readonly target: string;
      readonly scope: string;
      readonly member: string;
      readonly resource: string;
      readonly value: string;
    };

export type WriteEntry = Extract<WorldEntry, { kind: 'write' }>;
