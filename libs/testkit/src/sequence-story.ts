import {
  plan as planSchema,
  target as targetSchema,
  type ClassificationData,
  type CommandData,
  type DecisionData,
  type EvolutionRecord,
  type MemberReading,
  type MutationData,
  type Outcome,
  type PlanDocument,
  type ProbeData,
  type Target,
  type TargetDocument,
} from '@causeway/contracts';
import {
  ABSENT,
  ClaimBook,
  decide,
  type Decision,
  type Input,
  type LastRound,
  type Order,
  type SequenceState,
} from '@causeway/sequence-core';

/**
 * Given facts, when input, then facts: one sequence told as a story, on the real decide and evolve, with ids and digests
 * that can be read, and a clock that stands still until it is moved.
 */
export class SequenceStory {
  state: SequenceState = ABSENT;
  readonly facts: EvolutionRecord[] = [];
  readonly orders: Order[] = [];
  private nowMs = Date.UTC(2026, 0, 1, 3, 0, 0);
  private ids = 0;
  private readonly orderedMs = new Map<string, number>();
  private rounds = new Map<string, LastRound>();

  constructor(
    private readonly targets: ReadonlyMap<string, Target>,
    readonly sequenceId = '00000000-0000-8000-8000-00000000abcd',
    /** Shared by stories that are to meet at a key. */
    readonly claims = new ClaimBook([], 0),
  ) {}

  get at(): string {
    return new Date(this.nowMs).toISOString();
  }

  /** A readable event id; each is new. */
  readonly newId = (): string => `00000000-0000-7000-8000-${String(++this.ids).padStart(12, '0')}`;

  when(input: Input): EvolutionRecord[] {
    const decision: Decision = decide(
      input,
      this.state,
      { sequenceId: this.sequenceId, at: this.at },
      { newId: this.newId, digestOf: digestOfOrder, claims: this.claims },
    );
    this.state = decision.state;
    this.claims.note(this.sequenceId, this.state);
    this.facts.push(...decision.facts);
    this.orders.push(...decision.orders);
    for (const { id } of decision.orders) this.orderedMs.set(id, this.nowMs);
    return [...decision.facts];
  }

  intent(
    plan: unknown,
    more: { key?: string; mode?: 'apply' | 'preview'; planDigest?: string; claimed?: string } = {},
  ): EvolutionRecord[] {
    const planDigest = more.planDigest ?? 'a'.repeat(64);
    return this.when({
      kind: 'intent-received',
      eventId: this.newId(),
      publisher: 'publisher-ci',
      planDigest,
      targets: this.targets,
      data: {
        key: more.key ?? 'CHG-1',
        mode: more.mode ?? 'apply',
        plan: plan as Record<string, never>,
        planDigest: more.claimed ?? planDigest,
        requestedBy: 'someone',
      },
    });
  }

  /** The newest command for a step. */
  command(step: string): { id: string; digest: string; executor: string; data: CommandData } {
    const found = this.orders.findLast((order) => order.kind === 'command' && order.data.step === step);
    if (found?.kind !== 'command') throw new Error(`nobody commanded ${step}`);
    return { ...found, digest: digestOfOrder(found) };
  }

  /** The newest probe request for a step. */
  probe(step: string): { id: string; data: ProbeData } {
    const found = this.orders.findLast((order) => order.kind === 'probe' && order.data.step === step);
    if (found?.kind !== 'probe') throw new Error(`nobody asked to look at ${step}`);
    return found;
  }

  result(
    step: string,
    outcome: Outcome,
    more: Partial<Extract<Input, { kind: 'result-received' }>> = {},
  ): EvolutionRecord[] {
    const { id, digest, executor, data } = this.command(step);
    const { sequenceId, attempt, epoch, verb, target } = data;
    return this.when({
      kind: 'result-received',
      eventId: this.newId(),
      principal: `executor-${executor}`,
      causationIds: [id],
      digest: 'b'.repeat(64),
      data: {
        sequenceId,
        step,
        attempt,
        epoch,
        verb,
        target,
        commandDigest: digest,
        startedAt: this.at,
        finishedAt: this.at,
        outcome,
      },
      ...more,
    });
  }

  applied(step: string): EvolutionRecord[] {
    return this.result(step, { kind: 'applied', changed: true, acceptedAt: this.at, evidence: {} });
  }

  /**
   * A round of readings: the observed values per `scope/member`, or null for one that did not answer.
   * @param ageMs how long ago the looks began
   */
  reading(
    step: string,
    values: Readonly<Record<string, Record<string, unknown> | null>>,
    streak = 1,
    ageMs = 0,
  ): EvolutionRecord[] {
    const { id, data } = this.probe(step);
    const readings = Object.entries(values).map(([place, seen]): MemberReading => {
      const [scope, member] = place.split('/') as [string, string];
      const outcome: MemberReading['outcome'] = seen
        ? { kind: 'observed', values: seen as Record<string, never> }
        : { kind: 'unreachable', reason: 'no answer within 2 s' };
      return { scope, member, takenAt: this.at, streak, outcome };
    });
    const seenAt = new Map(this.rounds.get(step)?.seenAt);
    this.rounds.set(step, {
      receivedAt: this.at,
      seenAt: new Map([...seenAt, ...observedAt(readings)]),
    });
    const { sequenceId, attempt, epoch, target } = data;
    const sinceAskedMs = this.nowMs - ageMs - (this.orderedMs.get(id) ?? this.nowMs);
    return this.when({
      kind: 'reading-received',
      eventId: this.newId(),
      digest: 'c'.repeat(64),
      seenAt,
      data: { sequenceId, step, attempt, epoch, target, probeId: id, round: 1, sinceAskedMs, readings },
    });
  }

  /** Somebody changed a target, which was classed: as too early, unless it says otherwise. */
  mutation(mutation: MutationData, more: Partial<ClassificationData>): EvolutionRecord[] {
    const classification: ClassificationData = {
      ...{ target: mutation.target, version: 1, mutation: this.newId(), digest: 'd'.repeat(64), previous: null },
      ...{ class: 'early', by: mutation.by.kind, reason: 'its turn has not come', match: null },
      ...{ against: [], holds: [this.sequenceId], ...more },
    };
    return this.when({ kind: 'mutation-classified', classification, mutation });
  }

  /** An operator decides. */
  decision(verb: 'resume' | 'abort', accept: string[] = []): EvolutionRecord[] {
    return this.decided({ verb, accept });
  }

  /** An operator says what became of a step. */
  settlement(step: string, applied: boolean, attempt?: number): EvolutionRecord[] {
    return this.decided({
      verb: 'settle',
      accept: [],
      settle: { step, ...(attempt !== undefined && { attempt }), applied },
    });
  }

  private decided(
    said: Pick<DecisionData, 'verb' | 'accept'> & Partial<Pick<DecisionData, 'settle'>>,
  ): EvolutionRecord[] {
    const data = { sequenceId: this.sequenceId, ...said, reason: 'as agreed', decidedBy: 'operator' };
    return this.when({ kind: 'decision-received', eventId: this.newId(), digest: 'e'.repeat(64), data });
  }

  /** Who was before it at a key has ended. */
  freed(): EvolutionRecord[] {
    return this.when({ kind: 'keys-freed' });
  }

  /** Time passes, then the clock is looked at. */
  after(ms: number): EvolutionRecord[] {
    this.nowMs += ms;
    return this.when({ kind: 'clock-reached', rounds: this.rounds });
  }
}

const observedAt = (readings: readonly MemberReading[]): [string, string][] =>
  readings.flatMap(({ scope, member, takenAt, outcome }) =>
    outcome.kind === 'observed' ? [[`${scope}/${member}`, takenAt]] : [],
  );

const digestOfOrder = (order: Order): string => `${order.id.replaceAll('-', '')}${'0'.repeat(32)}`;

export const kindsOf = (facts: readonly EvolutionRecord[]): string[] =>
  facts.map((fact) => ('step' in fact && fact.step ? `${fact.kind} ${fact.step}` : fact.kind));

/** A registered target with one change `set@v1 {value}` that shows at most `effective`, in the given scopes and members. */
export function exampleTarget(
  name: string,
  scopes: Record<string, string[]>,
  more: Partial<TargetDocument['spec']> = {},
): Target {
  return targetSchema.parse({
    apiVersion: 'causeway/v1',
    kind: 'Target',
    metadata: { name, owner: 'team-a' },
    spec: {
      executor: 'tester',
      propagation: 'regional-async',
      rung: 'effective',
      history: 'timestamped-log',
      scopes,
      changes: {
        'set@v1': {
          with: { value: { type: 'string' } },
          capability: 'C',
          show: {
            effective: { probe: 'look', expect: [{ observed: 'value', is: 'equals', wanted: { with: 'value' } }] },
          },
        },
      },
      probes: { look: { kind: 'instant' } },
      ...more,
    },
  });
}

/** A plan of steps `id: {target, needs}`, each `set@v1 {value: new}` unless it says otherwise. */
export function examplePlan(
  steps: Readonly<
    Record<
      string,
      { target: string; needs?: string[]; ready?: object; with?: object; scopes?: string[]; onFailure?: object }
    >
  >,
  scopes: string[],
  more: Partial<PlanDocument['spec']> = {},
): unknown {
  return planSchema.parse({
    apiVersion: 'causeway/v1',
    kind: 'EvolutionPlan',
    metadata: { name: 'example', owner: 'team-a', reason: 'a story' },
    spec: {
      scopes,
      steps: Object.entries(steps).map(([id, step]) => ({ id, change: 'set@v1', with: { value: 'new' }, ...step })),
      ...more,
    },
  });
}
