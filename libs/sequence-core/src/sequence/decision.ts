import type { CommandData, EvolutionRecord, ProbeData, WatchData, WatchEndData } from '@causeway/contracts';
import type { Claims } from '../claim/claim-book';
import { evolve } from './evolve';
import type { SequenceState } from './state';

/** A message that a decision orders. Its id is part of the facts, so it comes from {@link Tools}. */
export type Order =
  | { readonly kind: 'command'; readonly id: string; readonly executor: string; readonly data: CommandData }
  | { readonly kind: 'probe'; readonly id: string; readonly data: ProbeData }
  | { readonly kind: 'watch'; readonly id: string; readonly data: WatchData }
  | { readonly kind: 'watch-end'; readonly id: string; readonly data: WatchEndData };

/** What a decision needs from outside, given as plain functions so that deciding stays pure and repeatable. */
export interface Tools {
  /** A fresh event id. */
  newId(): string;
  /** SHA-256 (hex) of the exact bytes that an order will be sent as. */
  digestOf(order: Order): string;
  /** The conflict keys of all sequences, as they are at this decision. */
  readonly claims: Claims;
}

/** Facts and orders of one decision, in order: facts are recorded before anything is ordered. */
export interface Decision {
  readonly facts: readonly EvolutionRecord[];
  readonly orders: readonly Order[];
  /** What the facts leave: the state that was decided on with each of them folded in. */
  readonly state: SequenceState;
}

/** A decision being made: each fact is folded at once, so the next one is decided on the state it leaves. */
export class Draft<S extends SequenceState = SequenceState> {
  private readonly facts: EvolutionRecord[] = [];
  private readonly orders: Order[] = [];

  constructor(
    public state: S,
    readonly tools: Tools,
    readonly at: string,
  ) {}

  add(fact: EvolutionRecord): void {
    this.facts.push(fact);
    this.state = evolve(this.state, fact) as S;
  }

  order(order: Order): void {
    this.orders.push(order);
  }

  done(): Decision {
    return { facts: this.facts, orders: this.orders, state: this.state };
  }
}
