import { Dice } from './time/dice';

/** Everything that can go wrong, and how often per chance at the most. */
export const FAULT_RATES = {
  /** A process dies before its call gets out, or after it was carried out and before the answer is in. */
  'crash-before-call': 0.002,
  'crash-after-call': 0.002,
  /** A process stands still for up to half a minute, longer than every lease, and wakes. */
  'process-pause': 0.0012,
  /** A wall clock jumps by an hour forwards or a month back. */
  'clock-jump': 0.0006,
  'statement-lost': 0.006,
  'answer-of-statement-lost': 0.006,
  deadlock: 0.003,
  'commit-lost': 0.02,
  'commit-done-answer-lost': 0.02,
  'statement-slow': 0.004,
  'database-away': 0.0005,
  'send-lost': 0.02,
  'send-done-answer-lost': 0.02,
  'send-done-in-part': 0.015,
  'broker-away': 0.001,
  'fetch-delayed': 0.02,
  'offset-commit-lost': 0.03,
  rebalance: 0.004,
  'message-published-again': 0.02,
  'garbage-message': 0.015,
  'forged-result': 0.05,
  'target-unreachable': 0.08,
  'call-lost': 0.12,
  'answer-of-call-lost': 0.15,
  'effect-after-timeout': 0.1,
  'call-hangs': 0.02,
  'error-although-done': 0.08,
  'success-although-not-done': 0.02,
  'target-refuses': 0.03,
  'target-slow': 0.1,
  'look-up-fails': 0.08,
  'look-up-cannot-tell': 0.06,
  'foreign-change': 0.1,
  'member-lags': 0.1,
  'member-flaps': 0.08,
  'look-unreachable': 0.03,
  'look-hangs': 0.01,
  'look-unreadable': 0.01,
  'settled-wrongly': 0.1,
  'settled-hastily': 0.1,
  'settled-late': 0.1,
  'settled-twice': 0.1,
  'settled-though-known': 0.01,
  'accepted-in-part': 0.1,
} as const;
export type FaultKind = keyof typeof FAULT_RATES;
export const FAULT_KINDS = Object.keys(FAULT_RATES) as FaultKind[];

export interface FaultPlan {
  /** Kinds that may happen in this run, each at this share of its rate. */
  readonly shares: Readonly<Partial<Record<FaultKind, number>>>;
  /** No more than so many, the first ones. */
  readonly most: number;
}

/** Decides, at each chance, whether a fault strikes. */
export class Faults {
  readonly hits: Partial<Record<FaultKind, number>> = {};
  struck = 0;
  /** Set when a run turns to liveness: nothing fails any more. */
  over = false;
  private readonly dice: Dice;

  constructor(
    seed: number,
    private readonly plan: FaultPlan,
  ) {
    this.dice = new Dice(seed, 'faults');
  }

  strikes(kind: FaultKind): boolean {
    const share = this.plan.shares[kind];
    if (share === undefined || this.over) return false;
    if (this.dice.next() >= FAULT_RATES[kind] * share || this.struck >= this.plan.most) return false;
    this.struck++;
    this.hits[kind] = (this.hits[kind] ?? 0) + 1;
    return true;
  }

  /** The first of some kinds that strikes, or null. */
  oneOf<K extends FaultKind>(...kinds: readonly K[]): K | null {
    return kinds.find((kind) => this.strikes(kind)) ?? null;
  }
}
