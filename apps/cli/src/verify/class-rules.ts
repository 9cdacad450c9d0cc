import type { Classification, ClassificationData, EvolutionRecord, Mutation, MutationData } from '@causeway/contracts';
import {
  classify,
  evolveTarget,
  sameJson,
  UNTOUCHED,
  type Classified,
  type SequenceAt,
  type SequenceState,
  type TargetState,
} from '@causeway/sequence-core';
import type { NeededStates } from './needed-states';
import { Broken, type OrderFault } from './order-fault';

/**
 * Computes every class again, from what its classification names and nothing else.
 *
 * 1. The classifications of a target are gapless from version 1; each names a mutation before it by id and by the digest of its bytes.
 * 2. Class, reason, match, by, holds and previous are those that `classify` gives for that mutation, on the target's stream before it and
 *    on the sequences in `against`, each at its version.
 * 3. A sequence that has to stop takes notice: its very next fact is that it noticed the mutation, as holding.
 * 4. What a sequence noticed was classified before, with the same class.
 *
 * Whether `against` leaves out a sequence is not told: the streams have no order between them that a reader could check.
 */
export interface MutationCounts {
  readonly mutations: number;
  readonly classifications: number;
}

interface Waiting {
  readonly index: number;
  readonly fact: ClassificationData;
  readonly mutation: MutationData;
  readonly before: TargetState;
}

type Noticed = Extract<EvolutionRecord, { kind: 'mutation-noticed' }>;

export class ClassRules {
  private readonly mutations = new Map<string, { readonly digest: string; readonly data: MutationData }>();
  private readonly targets = new Map<string, TargetState>();
  private readonly classified = new Map<string, { readonly fact: ClassificationData; readonly actor: string | null }>();
  private readonly waiting: Waiting[] = [];

  constructor(
    private readonly states: NeededStates,
    private readonly digestOf: (text: string) => string,
  ) {}

  get counts(): MutationCounts {
    return { mutations: this.mutations.size, classifications: this.waiting.length };
  }

  takeMutation({ id, data }: Mutation, value: string): void {
    this.mutations.set(id, { digest: this.digestOf(value), data });
  }

  /** Answers the mutation it is about. @throws Broken */
  takeClassification({ data: fact }: Classification, index: number): MutationData {
    const seen = this.mutations.get(fact.mutation);
    if (!seen)
      throw new Broken(
        'classified-mutation-missing',
        `mutation ${fact.mutation} is not in the ledger before its class`,
      );
    if (seen.digest !== fact.digest || seen.data.target !== fact.target)
      throw new Broken('classified-otherwise-seen', `mutation ${fact.mutation} is not the one that was classified`);
    const before = this.targets.get(fact.target) ?? UNTOUCHED;
    if (fact.version !== before.version + 1)
      throw new Broken(
        'classification-out-of-order',
        `target ${fact.target}: version ${fact.version} follows version ${before.version}`,
      );
    this.targets.set(fact.target, evolveTarget(before, fact, seen.data));
    this.classified.set(fact.mutation, { fact, actor: seen.data.actor.name });
    this.waiting.push({ index, fact, mutation: seen.data, before });
    return seen.data;
  }

  /** Takes a fact of a sequence and the state it leads to. @throws Broken */
  takeFact(sequenceId: string, fact: EvolutionRecord, after: SequenceState): void {
    this.states.keep(sequenceId, after);
    if (fact.kind === 'mutation-noticed') this.checkNoticed(sequenceId, fact);
  }

  /** After the last entry: the first class that cannot be computed again, or comes out otherwise. */
  firstFault(): OrderFault | null {
    for (const one of this.waiting) {
      try {
        this.judge(one);
      } catch (error) {
        if (error instanceof Broken) return { index: one.index, code: error.code, message: error.message };
        throw error;
      }
    }
    return null;
  }

  private judge({ fact, mutation, before }: Waiting): void {
    const again = classify(mutation, before, this.against(fact));
    const differing = TOLD.find((name) => !sameJson(fact[name], again[name]));
    if (differing)
      throw new Broken(
        'classification-differs',
        `${differing} of mutation ${fact.mutation} is told as ${inWords(fact[differing])}, computed again it is ${inWords(again[differing])}`,
      );
    for (const sequenceId of fact.holds) this.checkStopped(fact, sequenceId);
  }

  private against({ mutation, against }: ClassificationData): SequenceAt[] {
    return against.map(({ sequenceId, version }) => {
      const found = this.states.at(sequenceId, version);
      if (found) return found;
      const place = `sequence ${sequenceId} at version ${version}`;
      throw new Broken(
        'classification-not-recomputable',
        `mutation ${mutation} was held against ${place}, which the ledger does not tell`,
      );
    });
  }

  /** What comes right after the version that it was held against; nothing, if the sequence has not gone on. */
  private checkStopped({ mutation, against }: ClassificationData, sequenceId: string): void {
    const version = against.find((one) => one.sequenceId === sequenceId)?.version ?? 0;
    const next = this.states.at(sequenceId, version + 1)?.state;
    if (!next || ('mutations' in next && next.mutations[mutation]?.holds)) return;
    throw new Broken(
      'hold-ignored',
      `sequence ${sequenceId} went on without noticing mutation ${mutation}, which holds it`,
    );
  }

  private checkNoticed(sequenceId: string, { mutation, holds, step, ...told }: Noticed): void {
    const found = this.classified.get(mutation);
    if (!found)
      throw new Broken('noticed-not-classified', `mutation ${mutation} was noticed, but not classified before it`);
    const { fact, actor } = found;
    const isSame = told.class === fact.class && told.by === fact.by && told.target === fact.target;
    const matched = fact.match?.sequenceId === sequenceId ? fact.match.step : null;
    if (isSame && told.actor === actor && step === matched && holds === fact.holds.includes(sequenceId)) return;
    throw new Broken('noticed-otherwise', `mutation ${mutation} was noticed otherwise than classified (${fact.class})`);
  }
}

const TOLD = ['class', 'by', 'match', 'holds', 'previous', 'reason'] as const satisfies readonly (keyof Classified)[];

const inWords = (value: unknown): string => JSON.stringify(value);
