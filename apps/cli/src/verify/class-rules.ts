import type { Classification, ClassificationData, EvolutionRecord, Mutation, MutationData } from '@causeway/contracts';
import {
  classify,
  evolveResource,
  rulesOf,
  sameJson,
  type Classified,
  type ResourceState,
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

/** Something that could not be judged when it came. */
interface Check {
  readonly index: number;
  /** @param isOpen whether what was recorded then may name what this export does not tell @throws Broken */
  run(isOpen: (recordedAt: string) => boolean): void;
}

/** What a sequence that notices a mutation has to say of it. */
type Told = Pick<ClassificationData, 'class' | 'by' | 'target' | 'match' | 'holds'> & { readonly actor: string | null };

/** A classification with all that its class depends on but the sequences. */
interface Case {
  readonly fact: ClassificationData;
  readonly mutation: MutationData;
  /** The target before it, as far as the resource of the mutation goes. */
  readonly before: TargetState;
}

/** One target's stream so far. */
interface Stream {
  version: number;
  readonly resources: Map<string, ResourceState>;
}

type Noticed = Extract<EvolutionRecord, { kind: 'mutation-noticed' }>;

export class ClassRules {
  /** Seen and not classified yet. */
  private readonly mutations = new Map<string, { readonly digest: string; readonly data: MutationData }>();
  private readonly targets = new Map<string, Stream>();
  private readonly classified = new Map<string, Told>();
  private readonly checks: Check[] = [];
  private fault: OrderFault | null = null;
  private seen = 0;
  private open = 0;

  constructor(
    private readonly states: NeededStates,
    private readonly digestOf: (text: string) => string,
  ) {}

  get counts(): MutationCounts {
    return { mutations: this.seen, classifications: this.classified.size, openClassifications: this.open };
  }

  takeMutation({ id, data }: Mutation, value: string): void {
    this.seen++;
    this.mutations.set(id, { digest: this.digestOf(value), data });
  }

  /** Answers the mutation it is about. @throws Broken */
  takeClassification({ data: fact }: Classification, place: Place): MutationData {
    const mutation = this.classifiedMutation(fact);
    const before = this.evolve(fact, mutation);
    const { class: found, by, target, match, holds } = fact;
    this.classified.set(fact.mutation, { class: found, by, target, match, holds, actor: mutation.actor.name });
    this.judgeSoon({ fact, mutation, before }, place);
    return mutation;
  }

  private classifiedMutation({ mutation, digest, target }: ClassificationData): MutationData {
    const seen = this.mutations.get(mutation);
    if (!seen)
      throw new Broken('classified-mutation-missing', `mutation ${mutation} is not in the ledger before its class`);
    if (seen.digest !== digest || seen.data.target !== target)
      throw new Broken('classified-otherwise-seen', `mutation ${mutation} is not the one that was classified`);
    this.mutations.delete(mutation);
    return seen.data;
  }

  /** The target before this mutation. Only its own resource: to copy all of them for each mutation would fill any memory. */
  private evolve(fact: ClassificationData, mutation: MutationData): TargetState {
    const { target, version } = fact;
    const stream = this.targets.get(target) ?? { version: 0, resources: new Map<string, ResourceState>() };
    if (version !== stream.version + 1)
      throw new Broken(
        'classification-out-of-order',
        `target ${target}: version ${version} follows version ${stream.version}`,
      );
    const resource = stream.resources.get(mutation.resource);
    const before = { version: stream.version, resources: new Map(resource ? [[mutation.resource, resource]] : []) };
    stream.resources.set(mutation.resource, evolveResource(resource, fact, mutation));
    stream.version = version;
    this.targets.set(target, stream);
    return before;
  }

  /** Takes a fact of a sequence and the state it leads to. @throws Broken */
  takeFact(sequenceId: string, fact: EvolutionRecord, after: SequenceState, index: number): void {
    this.states.keep(sequenceId, after);
    if (fact.kind !== 'mutation-noticed') return;
    const classified = this.classified.get(fact.mutation);
    if (!classified)
      throw new Broken('noticed-not-classified', `mutation ${fact.mutation} was noticed, but not classified before it`);
    this.run({ index, run: () => checkNoticed(sequenceId, fact, classified) });
  }

  /**
   * After the last entry: the first class that cannot be computed again, or comes out otherwise.
   * @param recordedUntil when the last entry was recorded
   * @param isWhole whether all records were judged; else what a class names may be among the others
   */
  firstFault(recordedUntil: string | null, isWhole: boolean): OrderFault | null {
    const isOpen = (at: string) => !isWhole || Date.parse(recordedUntil ?? at) - Date.parse(at) < OPEN_FOR_MS;
    for (const check of this.checks) this.run(check, isOpen);
    return this.fault;
  }

  /** Notes what is found, if nothing is with a lower index. */
  private run({ index, run }: Check, isOpen: (recordedAt: string) => boolean = () => false): void {
    try {
      run(isOpen);
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      if (this.fault === null || index < this.fault.index)
        this.fault = { index, code: error.code, message: error.message };
    }
  }

  /** At once if all sequences it names are told that far, as they nearly always are; else at the end. */
  private judgeSoon(one: Case, { index, recordedAt }: Place): void {
    if (!this.isTooEarly(one.fact)) return this.run({ index, run: () => this.judge(one, index) });
    this.checks.push({ index, run: (isOpen) => this.judgeLate(one, index, isOpen(recordedAt)) });
  }

  private judgeLate(one: Case, index: number, isOpen: boolean): void {
    if (isOpen && this.isTooEarly(one.fact)) this.open++;
    else this.judge(one, index);
  }

  private isTooEarly({ against }: ClassificationData): boolean {
    return against.some(({ sequenceId, version }) => this.states.isAhead(sequenceId, version));
  }

  private judge({ fact, mutation, before }: Case, index: number): void {
    const again = classify(mutation, before, this.against(fact), rulesOf(fact));
    for (const { sequenceId, version } of fact.against) this.states.release(sequenceId, version);
    const differing = COMPARED.find((name) => !sameJson(fact[name], again[name]));
    if (differing)
      throw new Broken(
        'classification-differs',
        `${differing} of mutation ${fact.mutation} is told as ${inWords(fact[differing])}, computed again it is ${inWords(again[differing])}`,
      );
    for (const sequenceId of fact.holds) this.judgeStop(fact, sequenceId, index);
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

  /** At once if it has gone on; else at the end. */
  private judgeStop({ mutation, against }: ClassificationData, sequenceId: string, index: number): void {
    const next = 1 + (against.find((one) => one.sequenceId === sequenceId)?.version ?? 0);
    const run = (): void => this.checkStopped(mutation, sequenceId, next);
    if (this.states.isAhead(sequenceId, next)) this.checks.push({ index, run });
    else run();
  }

  /** What comes right after the version that it was held against; nothing, if the sequence has not gone on. */
  private checkStopped(mutation: string, sequenceId: string, version: number): void {
    const next = this.states.at(sequenceId, version)?.state;
    this.states.release(sequenceId, version);
    if (!next || ('mutations' in next && next.mutations[mutation]?.holds)) return;
    throw new Broken(
      'hold-ignored',
      `sequence ${sequenceId} went on without noticing mutation ${mutation}, which holds it`,
    );
  }
}

function checkNoticed(sequenceId: string, noticed: Noticed, fact: Told): void {
  const { mutation, holds, step } = noticed;
  const isSame = noticed.class === fact.class && noticed.by === fact.by && noticed.target === fact.target;
  const matched = fact.match?.sequenceId === sequenceId ? fact.match.step : null;
  if (isSame && noticed.actor === fact.actor && step === matched && holds === fact.holds.includes(sequenceId)) return;
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
