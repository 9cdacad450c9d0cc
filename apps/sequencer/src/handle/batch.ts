import type { EvolutionRecord } from '@causeway/contracts';
import type { Draft } from '@causeway/messaging';
import { evolve, evolveTarget, type SequenceAt, type SequenceState, type TargetState } from '@causeway/sequence-core';
import { targetsOf, versionOf, type StreamChange } from '../store/stream-store';
import type { EndedAt, TargetFact } from '../store/target-store';

/** What was loaded for a batch. */
export interface Loaded {
  readonly sequences: ReadonlyMap<string, SequenceState>;
  readonly targets: ReadonlyMap<string, TargetState>;
}

/** A batch being decided: each input sees what the ones before it left. Nothing of it is kept before its transaction commits. */
export class Batch {
  readonly drafts: Draft[] = [];
  readonly targetFacts: TargetFact[] = [];
  private readonly sequences: Map<string, SequenceState>;
  private readonly targets: Map<string, TargetState>;
  private readonly facts = new Map<string, EvolutionRecord[]>();
  /** Sequences whose stored head moves: new facts, or a look at the clock that has to be put forward. */
  private readonly moved = new Set<string>();

  /** @param at time of all its decisions, RFC 3339 */
  constructor(
    private readonly loaded: Loaded,
    readonly at: string,
  ) {
    this.sequences = new Map(loaded.sequences);
    this.targets = new Map(loaded.targets);
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
    return { sequences: this.sequences, targets: this.targets };
  }

  move(sequenceId: string): void {
    this.moved.add(sequenceId);
  }

  append(sequenceId: string, facts: readonly EvolutionRecord[], drafts: readonly Draft[]): void {
    this.move(sequenceId);
    this.sequences.set(sequenceId, facts.reduce(evolve, this.sequence(sequenceId)));
    this.facts.set(sequenceId, [...(this.facts.get(sequenceId) ?? []), ...facts]);
    this.drafts.push(...drafts);
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
      const expectedVersion = versionOf(this.loaded.sequences.get(sequenceId) as SequenceState);
      const facts = this.facts.get(sequenceId) ?? [];
      return state.status === 'absent' ? [] : [{ sequenceId, expectedVersion, facts, state }];
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
