import type { ReadingData } from '@causeway/contracts';
import type { Draft } from '@causeway/messaging';
import {
  evolveTarget,
  type ClaimBook,
  type SequenceAt,
  type SequenceState,
  type TargetState,
} from '@causeway/sequence-core';
import { targetsOf, type StreamChange } from '../store/stream-store';
import type { EndedAt, TargetFact } from '../store/target-store';

/** What was loaded for a batch. */
export interface Loaded {
  readonly sequences: ReadonlyMap<string, SequenceState>;
  readonly targets: ReadonlyMap<string, TargetState>;
  /** Moves with the batch itself: it is good for another one only once this one is committed. */
  readonly claims: ClaimBook;
}

/** A batch being decided: each input sees what the ones before it left. Nothing of it is kept before its transaction commits. */
export class Batch {
  readonly drafts: Draft[] = [];
  readonly targetFacts: TargetFact[] = [];
  /** What the prober told in it. */
  readonly heard: ReadingData[] = [];
  private readonly sequences: Map<string, SequenceState>;
  private readonly targets: Map<string, TargetState>;
  private readonly firstTurn: number;
  /** Sequences whose stored head moves: new facts, or a look at the clock that has to be put forward. */
  private readonly moved = new Set<string>();

  /** @param at time of all its decisions, RFC 3339 */
  constructor(
    private readonly loaded: Loaded,
    readonly at: string,
  ) {
    this.sequences = new Map(loaded.sequences);
    this.targets = new Map(loaded.targets);
    this.firstTurn = loaded.claims.turn;
  }

  get claims(): ClaimBook {
    return this.loaded.claims;
  }

  /** Turns that were taken in it: those after `from` up to `to`. */
  get turns(): { readonly from: number; readonly to: number } {
    return { from: this.firstTurn, to: this.claims.turn };
  }

  sequence(id: string): SequenceState {
    return this.sequences.get(id) as SequenceState;
  }

  target(name: string): TargetState {
    return this.targets.get(name) as TargetState;
  }

  /** All sequences of the batch, as they are by now. */
  get known(): SequenceAt[] {
    return [...this.sequences].map(([sequenceId, state]) => ({ sequenceId, state }));
  }

  get states(): Loaded {
    return { sequences: this.sequences, targets: this.targets, claims: this.claims };
  }

  move(sequenceId: string): void {
    this.moved.add(sequenceId);
  }

  /**
   * What a decision leaves of a sequence, and what it tells: its record first.
   *
   * @returns the sequences that may move up at conflict keys because of it
   */
  append(sequenceId: string, after: SequenceState, drafts: readonly Draft[]): string[] {
    this.move(sequenceId);
    this.sequences.set(sequenceId, after);
    this.drafts.push(...drafts);
    const next = after.status === 'ended' ? this.claims.behind(sequenceId) : [];
    this.claims.note(sequenceId, after);
    return next;
  }

  appendToTarget(fact: TargetFact, draft: Draft): void {
    const { target } = fact.classification;
    this.targets.set(target, evolveTarget(this.target(target), fact.classification, fact.mutation));
    this.targetFacts.push(fact);
    this.drafts.push(draft);
  }

  get changes(): StreamChange[] {
    return [...this.moved].flatMap((sequenceId) => {
      const state = this.sequence(sequenceId);
      return state.status === 'absent' ? [] : [{ sequenceId, state }];
    });
  }

  /** Sequences that ended in this batch, by the targets they were to change. */
  get ended(): EndedAt[] {
    return [...this.moved].flatMap((sequenceId) => {
      const state = this.sequence(sequenceId);
      const endedNow = state.status === 'ended' && this.loaded.sequences.get(sequenceId)?.status !== 'ended';
      return endedNow ? targetsOf(state).map((target) => ({ target, sequenceId })) : [];
    });
  }
}
