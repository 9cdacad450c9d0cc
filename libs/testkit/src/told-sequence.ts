import {
  COMMAND_TYPE,
  commandsTopic,
  DECISION_TYPE,
  INTENT_TYPE,
  PROBE_TYPE,
  READING_TYPE,
  RECORD_TYPE,
  RESULT_TYPE,
  sequenceIdSeed,
  SIGHTING_TYPE,
  topicNames,
  uuidFromHash,
  WATCH_END_TYPE,
  WATCH_TYPE,
  type ClassificationData,
  type EvolutionRecord,
  type IntentData,
  type MemberReading,
  type MutationData,
  type Settlement,
  type Verb,
  type Outcome,
  type Sight,
} from '@causeway/contracts';
import { canonicalJson } from '@causeway/ledger-core';
import { valueOf, type Draft, type Sealed } from '@causeway/messaging';
import {
  ABSENT,
  decide,
  evolve,
  type Input,
  type LastRound,
  type Order,
  type SequenceState,
} from '@causeway/sequence-core';
import { sha256, sha256Hex } from '@causeway/signing';
import type { ToldLedger } from './told-ledger';

const LOOK_TYPES = { probe: PROBE_TYPE, watch: WATCH_TYPE, 'watch-end': WATCH_END_TYPE };

/** One sequence of a {@link ToldLedger}: each input is recorded, decided on, and what was decided is recorded after it. */
export class ToldSequence {
  readonly id: string;
  state: SequenceState = ABSENT;
  readonly facts: EvolutionRecord[] = [];
  private readonly orders: Order[] = [];
  private readonly rounds = new Map<string, LastRound>();

  constructor(
    private readonly ledger: ToldLedger,
    private readonly who: { readonly key: string; readonly mode: 'apply' | 'preview'; readonly publisher: string },
  ) {
    this.id = uuidFromHash(sha256(Buffer.from(sequenceIdSeed(who.publisher, who.key))));
  }

  intent(document: unknown): void {
    const plan = document as IntentData['plan'];
    const planDigest = sha256Hex(canonicalJson(plan));
    const { key, mode, publisher } = this.who;
    const data: IntentData = { key, mode, plan, planDigest, requestedBy: 'team-identity' };
    const { id } = this.tell(publisher, topicNames.intents, INTENT_TYPE, [], data, key);
    this.decide(id, {
      kind: 'intent-received',
      eventId: id,
      publisher,
      data,
      planDigest,
      targets: this.ledger.targets,
    });
  }

  applied(step: string, changed = true): void {
    this.result(step, { kind: 'applied', changed, acceptedAt: this.ledger.at, evidence: {} });
  }

  result(step: string, outcome: Outcome): void {
    const order = this.order('command', step);
    const { sequenceId, attempt, epoch, verb, target } = order.data;
    const at = this.ledger.at;
    const commandDigest = this.digestOf(order);
    const times = { startedAt: at, finishedAt: at };
    const data = { sequenceId, step, attempt, epoch, verb, target, commandDigest, ...times, outcome };
    const principal = `executor-${order.executor}`;
    const { id, value } = this.tell(principal, topicNames.results, RESULT_TYPE, [order.id], data);
    const heard = { eventId: id, principal, causationIds: [order.id], digest: sha256Hex(value), data };
    this.decide(id, { kind: 'result-received', ...heard });
  }

  /** A round of looks: observed values per `scope/member`, or null for a member that did not answer. */
  reading(step: string, values: Readonly<Record<string, Record<string, unknown> | null>>, streak = 1): void {
    const order = this.order('probe', step);
    const readings = Object.entries(values).map(([place, seen]) => this.look(place, seen, streak));
    const seenAt = new Map(readings.map(({ scope, member, takenAt }) => [`${scope}/${member}`, takenAt]));
    this.rounds.set(step, { receivedAt: this.ledger.at, seenAt });
    const { sequenceId, attempt, epoch, target } = order.data;
    const sinceAskedMs = Date.parse(this.ledger.at) - Date.parse(this.timeOf(order));
    const data = { sequenceId, step, attempt, epoch, target, probeId: order.id, round: 1, sinceAskedMs, readings };
    const { id, value } = this.tell('readiness-prober', topicNames.readings, READING_TYPE, [order.id], data);
    this.decide(id, { kind: 'reading-received', seenAt: new Map(), eventId: id, digest: sha256Hex(value), data });
  }

  /** Somebody changed one of its targets; `eventId` of the classification. */
  classified(eventId: string, classification: ClassificationData, mutation: MutationData): void {
    this.decide(eventId, { kind: 'mutation-classified', classification, mutation });
  }

  /** An operator decides. Answers the decision's event id. */
  decided(verb: Verb, accept: string[], reason: string, settle?: Settlement): string {
    const said = { sequenceId: this.id, verb, accept, reason, decidedBy: 'on-call' };
    const data = settle ? { ...said, settle } : said;
    const { id, value } = this.tell('console', topicNames.decisions, DECISION_TYPE, [], data);
    this.decide(id, { kind: 'decision-received', eventId: id, digest: sha256Hex(value), data });
    return id;
  }

  /** What began to be seen since the last sighting: values per `step/scope/member`, or null for a member that did not answer. */
  sighted(
    values: Readonly<Record<string, Record<string, unknown> | null>>,
    notBefore: string | null,
    last = false,
  ): void {
    const watchId = this.state.status === 'open' || this.state.status === 'ended' ? this.state.acceptance.watch : null;
    if (watchId === null) throw new Error('nothing of this sequence is watched');
    const sights = Object.entries(values).map(([place, seen]) => this.sight(place, seen, notBefore));
    const data = { sequenceId: this.id, watchId, epoch: 1, sights, lookedUntil: this.ledger.at, last };
    this.tell('readiness-prober', topicNames.readings, SIGHTING_TYPE, [watchId], data);
  }

  private sight(place: string, seen: Record<string, unknown> | null, notBefore: string | null): Sight {
    const [step = '', scope = '', member = ''] = place.split('/');
    const outcome: Sight['outcome'] = seen
      ? { kind: 'observed', values: seen as Record<string, never> }
      : { kind: 'unreachable', reason: 'no answer within 2 s' };
    return { step, scope, member, notBefore, seenAt: this.ledger.at, outcome };
  }

  /** Time passes, then the sequencer looks at its clock. */
  after(ms: number): void {
    this.ledger.pass(ms);
    this.decide(null, { kind: 'clock-reached', rounds: this.rounds });
  }

  private look(place: string, seen: Record<string, unknown> | null, streak: number): MemberReading {
    const [scope = '', member = ''] = place.split('/');
    const outcome: MemberReading['outcome'] = seen
      ? { kind: 'observed', values: seen as Record<string, never> }
      : { kind: 'unreachable', reason: 'no answer within 2 s' };
    return { scope, member, takenAt: this.ledger.at, streak, outcome };
  }

  private decide(cause: string | null, input: Input): void {
    const { newId, claims } = this.ledger;
    const tools = { newId, claims, digestOf: (order: Order) => this.digestOf(order) };
    const { facts, orders } = decide(input, this.state, { sequenceId: this.id, at: this.ledger.at }, tools);
    const version = this.state.status === 'absent' ? 1 : this.state.version + 1;
    this.state = facts.reduce(evolve, this.state);
    this.facts.push(...facts);
    if (facts.length === 0) return;
    const data = { sequenceId: this.id, epoch: 1, version, records: [...facts] };
    const record = this.tell('sequencer', topicNames.records, RECORD_TYPE, cause === null ? [] : [cause], data);
    this.orders.push(...orders);
    if (orders.length > 0)
      this.ledger.record(
        'sequencer',
        orders.map((order) => this.draftOf(order)),
      );
    this.ledger.noteClaim(this, record.id);
  }

  /** Who was before it at a conflict key has ended, by this record. */
  freed(cause: string): void {
    this.decide(cause, { kind: 'keys-freed' });
  }

  private tell(
    principal: string,
    topic: string,
    type: string,
    causationIds: string[],
    data: unknown,
    key = this.id,
  ): Sealed {
    const subject = { subject: this.id, correlationId: this.id };
    const [sealed] = this.ledger.record(principal, [{ topic, key, type, ...subject, causationIds, data }]) as [Sealed];
    return sealed;
  }

  private draftOf(order: Order): Draft & { readonly id: string; readonly time: string } {
    const base = { id: order.id, key: this.id, subject: this.id, correlationId: this.id, time: this.timeOf(order) };
    return order.kind === 'command'
      ? { ...base, topic: commandsTopic(order.executor), type: COMMAND_TYPE, causationIds: [], data: order.data }
      : { ...base, topic: topicNames.probes, type: LOOK_TYPES[order.kind], causationIds: [], data: order.data };
  }

  private readonly times = new Map<string, string>();

  /** A command's digest covers its time, so the time is the one of its decision. */
  private timeOf({ id }: Order): string {
    const time = this.times.get(id) ?? this.ledger.at;
    this.times.set(id, time);
    return time;
  }

  private digestOf = (order: Order): string => sha256Hex(valueOf(this.draftOf(order), 'sequencer'));

  private order<K extends 'command' | 'probe'>(kind: K, step: string): Extract<Order, { kind: K }> {
    const found = this.orders.findLast(
      (order) => order.kind === kind && 'step' in order.data && order.data.step === step,
    );
    if (!found) throw new Error(`nobody ordered a ${kind} of ${step}`);
    return found as Extract<Order, { kind: K }>;
  }
}
