import {
  CLASSIFICATION_TYPE,
  COVERAGE_TYPE,
  MUTATION_TYPE,
  topicNames,
  type ClassificationData,
  type CoverageData,
  type MutationData,
} from '@causeway/contracts';
import type { Sealed } from '@causeway/messaging';
import {
  classify,
  concernedBy,
  evolveTarget,
  NEWEST_RULES,
  sequencesFor,
  UNTOUCHED,
  type Rules,
  type SequenceAt,
  type TargetState,
} from '@causeway/sequence-core';
import { sha256Hex } from '@causeway/signing';
import type { ToldLedger } from './told-ledger';
import type { ToldSequence } from './told-sequence';

/** What observers see at the targets of a {@link ToldLedger}: each mutation is recorded, classed, and told to the sequences it concerns. */
export class ToldTargets {
  private readonly states = new Map<string, TargetState>();

  constructor(
    private readonly ledger: ToldLedger,
    private readonly sequences: readonly ToldSequence[],
    /** 1: as an older release classed. */
    private readonly rules: Rules = NEWEST_RULES,
  ) {}

  /** Answers the mutation's event id. */
  see(mutation: MutationData): string {
    const { id, value } = this.tell(
      'executor-tester',
      topicNames.observations,
      MUTATION_TYPE,
      mutation.target,
      mutation,
    );
    const known = this.sequences.map((sequence): SequenceAt => ({ sequenceId: sequence.id, state: sequence.state }));
    const against = sequencesFor(mutation, known);
    const fact = this.classed(mutation, id, sha256Hex(value), against);
    const message = this.tell('sequencer', topicNames.records, CLASSIFICATION_TYPE, mutation.target, fact, [id]);
    for (const concerned of concernedBy(fact, against)) {
      const sequence = this.sequences.find((one) => one.id === concerned);
      sequence?.classified(message.id, fact, mutation);
    }
    return id;
  }

  covers(target: string, from: string, to: string): void {
    this.vouch({ target, kind: 'covered', from, to, reason: null });
  }

  gap(target: string, from: string, to: string, reason: string): void {
    this.vouch({ target, kind: 'gap', from, to, reason });
  }

  private vouch(data: CoverageData): void {
    this.tell('executor-tester', topicNames.observations, COVERAGE_TYPE, data.target, data);
  }

  private classed(
    mutation: MutationData,
    id: string,
    digest: string,
    against: readonly SequenceAt[],
  ): ClassificationData {
    const { target } = mutation;
    const before = this.states.get(target) ?? UNTOUCHED;
    const found = classify(mutation, before, against, this.rules);
    const versions = against.map(({ sequenceId, state }) => ({
      sequenceId,
      version: state.status === 'absent' ? 0 : state.version,
    }));
    const { previous, by, reason, match, holds } = found;
    const numbered = this.rules === 1 ? {} : { rules: this.rules };
    const said = { class: found.class, previous, by, reason, match, holds, ...numbered };
    const fact = { target, version: before.version + 1, mutation: id, digest, ...said, against: versions };
    this.states.set(target, evolveTarget(before, fact, mutation));
    return fact;
  }

  private tell(
    principal: string,
    topic: string,
    type: string,
    target: string,
    data: unknown,
    causationIds: string[] = [],
  ): Sealed {
    const about = { key: target, subject: target, correlationId: target };
    const [sealed] = this.ledger.record(principal, [{ topic, type, ...about, causationIds, data }]) as [Sealed];
    return sealed;
  }
}
