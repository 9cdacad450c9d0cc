import type { ClassificationData } from '@causeway/contracts';
import type { Draft, OutboxRow, Sealed } from '@causeway/messaging';
import { DatabaseError, inTurn, type Attempt, type Tx } from '@causeway/persistence';
import {
  classify,
  concernedBy,
  decide,
  NEWEST_RULES,
  recordsOf,
  sequencesFor,
  type Input,
  type Order,
  type SequenceState,
  type Tools,
} from '@causeway/sequence-core';
import { TurnsMoved, takeTurns } from '../store/claim-store';
import { appendFacts, versionOf } from '../store/stream-store';
import { appendTargetFacts, noteEnded } from '../store/target-store';
import { Batch, type Loaded } from './batch';
import { classificationDraft, orderDraft, recordDrafts, type Origin } from './drafts';
import { storedFacts } from './stored-facts';
import type { LastRounds } from './last-rounds';
import { atHand, CLAIMS, loadBatch, placeOf, type Caches } from './load-batch';
import { isMutation, type Pending, type PendingInput, type PendingMutation } from './pending';

/** What the decider needs around it. */
export interface DeciderPorts {
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * Of these event ids, those that were never decided on. Throws when another sequencer has taken this one's place: then nothing of the
   * transaction may stay.
   */
  claimInbox(tx: Tx, ids: readonly string[], attempt: Attempt): Promise<ReadonlySet<string>>;
  insertOutbox(tx: Tx, sealed: readonly Sealed[]): Promise<OutboxRow[]>;
  /** Called right after the commit. */
  relay(rows: readonly OutboxRow[]): void;
  seal(drafts: readonly Draft[]): Sealed[];
  digestOf(draft: Draft & { id: string; time: string }): string;
  newId(): string;
  /** Unix milliseconds. */
  now(): number;
}

/** How often a batch is decided anew because somebody else was there first. */
const MOST_TRIES = 5;

/**
 * Decides on a batch of inputs, of any sequences and targets, in one transaction: inbox, facts, heads and outbox together. After
 * the commit, and only then, the caches move and the relay sends.
 *
 * Conflict keys span sequences: they are computed from the states of all open ones, and the turns taken are the version that all of
 * them share. Who moves up when a sequence ends is decided in the same batch, because of the record that says so.
 *
 * Most batches are decided on what is at hand, before their transaction begins. A version conflict, or an input that was decided on
 * before, means that it was not all: the batch is decided again on what is stored.
 */
export class Decider {
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly ports: DeciderPorts,
    private readonly caches: Caches,
    private readonly rounds: LastRounds,
  ) {}

  /** Resolves when everything is decided and durable. Batches are decided one after another. */
  decideAll(pending: readonly Pending[]): Promise<void> {
    if (pending.length === 0) return Promise.resolve();
    const turn = this.last.then(() => this.decideBatch(pending));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private async decideBatch(pending: readonly Pending[]): Promise<void> {
    for (let tries = 1; ; tries++) {
      // Sequences that only a mutation has to do with are among these once the batch is loaded.
      const touched = new Set<string>();
      try {
        const loaded = tries === 1 ? atHand(pending, this.caches) : null;
        return await (loaded ? this.decideAtHand(pending, loaded, touched) : this.decideOnce(pending, touched));
      } catch (error) {
        this.caches.sequences.forget(touched);
        this.caches.claims.forget([CLAIMS]);
        if (!isVersionConflict(error) || tries === MOST_TRIES) throw error;
      }
    }
  }

  /** Nothing has to be read: inbox and effects are one round trip. */
  private async decideAtHand(pending: readonly Pending[], loaded: Loaded, touched: Set<string>): Promise<void> {
    const ids = new Set(idsOf(pending));
    const batch = this.decided(takeFresh(pending, ids), loaded, touched);
    const rows = await this.ports.transaction(async (tx) => {
      const claimed = this.ports.claimInbox(tx, [...ids], attemptOf(pending));
      const [unseen, written] = await inTurn([claimed, this.write(tx, batch)] as const);
      if (unseen.size < ids.size) throw new SeenBefore('not all inputs are new');
      return written;
    });
    this.settle(batch, rows);
  }

  private async decideOnce(pending: readonly Pending[], touched: Set<string>): Promise<void> {
    const { batch, rows } = await this.ports.transaction(async (tx) => {
      const unseen = await this.ports.claimInbox(tx, idsOf(pending), attemptOf(pending));
      const fresh = takeFresh(pending, unseen);
      const made = this.decided(fresh, await loadBatch(tx, fresh, this.caches), touched);
      return { batch: made, rows: await this.write(tx, made) };
    });
    this.settle(batch, rows);
  }

  private decided(fresh: readonly Pending[], loaded: Loaded, touched: Set<string>): Batch {
    for (const id of loaded.sequences.keys()) touched.add(id);
    const batch = new Batch(loaded, new Date(this.ports.now()).toISOString());
    for (const one of fresh) {
      if (isMutation(one)) this.classifyOne(one, batch);
      else this.decideOne(one, one.eventId, batch);
    }
    return batch;
  }

  private settle(batch: Batch, rows: readonly OutboxRow[]): void {
    if (rows.length > 0) this.ports.relay(rows);
    for (const round of batch.heard) this.rounds.note(round, batch.at);
    this.remember(batch);
  }

  /** Started together, the statements share one round trip. */
  private async write(tx: Tx, { drafts, changes, targetFacts, ended, turns, at }: Batch): Promise<OutboxRow[]> {
    const sealed = drafts.length > 0 ? this.ports.seal(drafts) : [];
    const [rows] = await inTurn([
      sealed.length > 0 ? this.ports.insertOutbox(tx, sealed) : [],
      changes.length > 0 ? appendFacts(tx, changes, storedFacts(drafts, sealed), Date.parse(at)) : undefined,
      targetFacts.length > 0 ? appendTargetFacts(tx, targetFacts) : undefined,
      ended.length > 0 ? noteEnded(tx, ended) : undefined,
      turns.to > turns.from ? takeTurns(tx, turns.from, turns.to) : undefined,
    ] as const);
    return rows;
  }

  /** The class of a mutation is a fact of its target's stream; what it means for sequences is decided after it, because of it. */
  private classifyOne({ target, eventId, digest, mutation }: PendingMutation, batch: Batch): void {
    const before = batch.target(target);
    const sequences = sequencesFor(mutation, batch.known);
    const { match, previous, by, class: found, reason, holds } = classify(mutation, before, sequences, NEWEST_RULES);
    const classification: ClassificationData = {
      ...{ target, version: before.version + 1, mutation: eventId, digest, previous, class: found, by, reason, match },
      against: sequences.map(({ sequenceId, state }) => ({ sequenceId, version: versionOf(state) })),
      holds,
      rules: NEWEST_RULES,
    };
    const id = this.ports.newId();
    batch.appendToTarget(
      { classification, mutation: folded(mutation) },
      classificationDraft(classification, id, batch.at),
    );
    const input = { kind: 'mutation-classified', classification, mutation } as const;
    for (const sequenceId of concernedBy(classification, sequences)) this.decideOne({ sequenceId, input }, id, batch);
  }

  private decideOne({ sequenceId, input }: Omit<PendingInput, 'eventId'>, cause: string | null, batch: Batch): void {
    const state = batch.sequence(sequenceId);
    const origin: Origin = { sequenceId, epoch: 'epoch' in state ? state.epoch : 1, cause, at: batch.at };
    const recordId = this.ports.newId();
    const tools = this.toolsFor(origin, recordId, batch);
    const decision = decide(this.complete(input, sequenceId, state), state, origin, tools);
    if (input.kind === 'reading-received') batch.heard.push(input.data);
    if (input.kind === 'clock-reached') batch.move(sequenceId);
    if (decision.facts.length === 0) return;
    const version = versionOf(state) + 1;
    const records = recordDrafts(origin, recordId, version, recordsOf(decision.facts), () => this.ports.newId());
    const orders = decision.orders.map((order) => orderDraft(origin, order, recordId));
    const next = batch.append(sequenceId, decision.state, [...records, ...orders]);
    for (const id of next) this.decideOne({ sequenceId: id, input: { kind: 'keys-freed' } }, recordId, batch);
  }

  private complete(input: PendingInput['input'], sequenceId: string, state: SequenceState): Input {
    if (input.kind === 'clock-reached') return { kind: 'clock-reached', rounds: this.rounds.of(sequenceId, state) };
    if (input.kind === 'reading-received') return { ...input, seenAt: this.rounds.seenAt(sequenceId, input.data.step) };
    return input;
  }

  private toolsFor(origin: Origin, recordId: string, { claims }: Batch): Tools {
    const digestOf = (order: Order): string =>
      this.ports.digestOf({ ...orderDraft(origin, order, recordId), id: order.id, time: origin.at });
    return { newId: () => this.ports.newId(), digestOf, claims };
  }

  private remember({ states, targetFacts }: Batch): void {
    this.caches.claims.set(CLAIMS, states.claims);
    for (const { classification, mutation } of targetFacts) {
      const { target, version } = classification;
      const { resource } = mutation;
      const state = states.targets.get(target)?.resources.get(resource);
      this.caches.resources.set(placeOf(target, resource), { target, resource, version, state });
    }
    for (const [id, state] of states.sequences) {
      this.caches.sequences.set(id, state);
      if (state.status === 'ended') this.rounds.forget(id);
    }
  }
}

/** Inputs that are new; of one that comes twice in a batch the first. */
function takeFresh(pending: readonly Pending[], unseen: ReadonlySet<string>): Pending[] {
  const left = new Set(unseen);
  return pending.filter(({ eventId }) => eventId === null || left.delete(eventId));
}

const folded = ({ resource, with: told, effect, by, scopes }: PendingMutation['mutation']) => ({
  resource,
  with: told,
  effect,
  by,
  scopes,
});

const idsOf = (pending: readonly Pending[]): string[] => pending.flatMap(({ eventId }) => eventId ?? []);

/** Among what was decided on as new is something that is not: nothing of it may stay. */
class SeenBefore extends Error {}

/** For the record of a refusal. A mutation's sequences are not known before it is classed. */
const attemptOf = (pending: readonly Pending[]): Attempt => ({
  tried: 'decide',
  sequenceIds: pending.flatMap((one) => (isMutation(one) ? [] : one.sequenceId)),
});

const UNIQUE_VIOLATION = '23505';
const isVersionConflict = (error: unknown): boolean =>
  error instanceof SeenBefore ||
  error instanceof TurnsMoved ||
  (error instanceof DatabaseError && error.code === UNIQUE_VIOLATION);
