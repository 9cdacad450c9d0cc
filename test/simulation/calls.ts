import type { SimProcess } from './process';

/**
 * What becomes of one call out of a process that is picked out by its number.
 * - `not-done` nothing happened and the caller gets an error
 * - `done` it happened and the answer is lost
 * - `dies` it happened and the caller is dead
 * - `died-before` the caller is dead before the call got out
 */
export const TWISTS = ['not-done', 'done', 'dies', 'died-before'] as const;
export type Twist = (typeof TWISTS)[number];
/** The twists that a port itself has to act out: an error either way. */
export type Twin = Extract<Twist, 'not-done' | 'done'>;

/** One call out of a process, as it is counted. */
export interface Call {
  readonly process: string;
  /** What kind of call: `begin`, `statement`, `commit`, `send`, `offset-commit`, ... */
  readonly kind: string;
  /** Which one: a statement's name, a topic. Of `begin` and `commit` it is the first statement of their transaction. */
  of: string;
}

/** Numbers all calls out of all processes of a run, and twists one of them. */
export class CallBook {
  readonly calls: Call[] = [];

  /** @param twisted number of the call from 0 on, and what becomes of it; absent: they are only counted */
  constructor(private readonly twisted?: { readonly number: number; readonly twist: Twist }) {}

  at(process: SimProcess, kind: string, of: string): { readonly call: Call; readonly twist: Twist | null } {
    const call: Call = { process: process.name, kind, of };
    this.calls.push(call);
    const isIt = this.twisted?.number === this.calls.length - 1;
    return { call, twist: isIt ? (this.twisted?.twist ?? null) : null };
  }

  /** The call that was twisted; null: the run had fewer. */
  get struck(): Call | null {
    return (this.twisted && this.calls[this.twisted.number]) ?? null;
  }
}
