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
 * The records of a sequence may reach the ledger a little after a class that names them. So the last classes of an export may name what it
 * does not hold yet: these are counted as open, not as broken, while they were recorded less than {@link OPEN_FOR_MS} before its end.
 *
 * Whether `against` leaves out a sequence is not told: the streams have no order between them that a reader could check.
 */
export interface MutationCounts {
  readonly mutations: number;
  readonly classifications: number;
  /** Of these, how many name records that came too late for this export. */
  readonly openClassifications: number;
}

/** Far longer than a record needs from the sequencer to the ledger, milliseconds. */
const OPEN_FOR_MS = 60_000;

/** Where an entry is in the ledger, and when it was recorded there. */
export interface Place {
  readonly index: number;
  readonly recordedAt: string;
}

/** Something that can be judged only when everything was read. */
interface Check {
  readonly index: number;
  /** @param recordedUntil when the last entry was recorded @throws Broken */
  run(recordedUntil: string | null): void;
}

interface Told {
  readonly fact: ClassificationData;
  readonly actor: string | null;
}

type Noticed = Extract<EvolutionRecord, { kind: 'mutation-noticed' }>;

export class ClassRules {
  private readonly mutations = new Map<string, { readonly digest: string; readonly data: MutationData }>();
  private readonly targets = new Map<string, TargetState>();
  private readonly classified = new Map<string, Told>();
  private readonly checks: Check[] = [];
  private open = 0;

  constructor(
    private readonly states: NeededStates,
    private readonly digestOf: (text: string) => string,
  ) {}

  get counts(): MutationCounts {
    return { mutations: this.mutations.size, classifications: this.classified.size, openClassifications: this.open };
  }

  takeMutation({ id, data }: Mutation, value: string): void {
    this.mutations.set(id, { digest: this.digestOf(value), data });
  }

  /** Answers the mutation it is about. @throws Broken */
  takeClassification({ data: fact }: Classification, { index, recordedAt }: Place): MutationData {
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
    const isRecent = (until: string | null) => Date.parse(until ?? recordedAt) - Date.parse(recordedAt) < OPEN_FOR_MS;
    this.checks.push({ index, run: (until) => this.judge(fact, seen.data, before, isRecent(until)) });
    return seen.data;
  }

  /** Takes a fact of a sequence and the state it leads to. @throws Broken */
  takeFact(sequenceId: string, fact: EvolutionRecord, after: SequenceState, index: number): void {
    this.states.keep(sequenceId, after);
    if (fact.kind !== 'mutation-noticed') return;
    const classified = this.classified.get(fact.mutation);
    if (!classified)
      throw new Broken('noticed-not-classified', `mutation ${fact.mutation} was noticed, but not classified before it`);
    this.checks.push({ index, run: () => checkNoticed(sequenceId, fact, classified) });
  }

  /**
   * After the last entry: the first class that cannot be computed again, or comes out otherwise.
   * @param recordedUntil when the last entry was recorded
   */
  firstFault(recordedUntil: string | null): OrderFault | null {
    for (const { index, run } of this.checks) {
      try {
        run(recordedUntil);
      } catch (error) {
        if (error instanceof Broken) return { index, code: error.code, message: error.message };
        throw error;
      }
    }
    return null;
  }

  private judge(fact: ClassificationData, mutation: MutationData, before: TargetState, isRecent: boolean): void {
    if (isRecent && fact.against.some(({ sequenceId, version }) => this.states.isAhead(sequenceId, version))) {
      this.open++;
      return;
    }
    const again = classify(mutation, before, this.against(fact));
    const differing = COMPARED.find((name) => !sameJson(fact[name], again[name]));
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
}

function checkNoticed(sequenceId: string, noticed: Noticed, { fact, actor }: Told): void {
  const { mutation, holds, step } = noticed;
  const isSame = noticed.class === fact.class && noticed.by === fact.by && noticed.target === fact.target;
  const matched = fact.match?.sequenceId === sequenceId ? fact.match.step : null;
  if (isSame && noticed.actor === actor && step === matched && holds === fact.holds.includes(sequenceId)) return;
  throw new Broken('noticed-otherwise', `mutation ${mutation} was noticed otherwise than classified (${fact.class})`);
}

const COMPARED = [
  'class',
  'by',
  'match',
  'holds',
  'previous',
  'reason',
] as const satisfies readonly (keyof Classified)[];

const inWords = (value: unknown): string => JSON.stringify(value);
