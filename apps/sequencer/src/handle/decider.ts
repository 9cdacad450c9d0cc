import type { Draft, OutboxRow, Sealed } from '@causeway/messaging';
import { DatabaseError, type Tx } from '@causeway/persistence';
import {
  decide,
  evolve,
  type Decision,
  type Input,
  type Order,
  type SequenceState,
  type Tools,
} from '@causeway/sequence-core';
import { appendFacts, loadStates, versionOf, type StreamChange } from '../store/stream-store';
import { orderDraft, recordDraft, type Origin } from './drafts';
import type { LastRounds } from './last-rounds';
import type { Pending } from './pending';
import type { StateCache } from './state-cache';

/** What the decider needs around it. */
export interface DeciderPorts {
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Of these event ids, those that were never decided on. */
  claimInbox(tx: Tx, ids: string[]): Promise<Set<string>>;
  insertOutbox(tx: Tx, sealed: readonly Sealed[]): Promise<OutboxRow[]>;
  /** Called right after the commit. */
  relay(rows: readonly OutboxRow[]): void;
  seal(drafts: readonly Draft[]): Sealed[];
  digestOf(draft: Draft & { id: string; time: string }): string;
  newId(): string;
  /** Unix milliseconds. */
  now(): number;
}

interface Batch {
  readonly before: Map<string, SequenceState>;
  readonly after: Map<string, SequenceState>;
  readonly facts: Map<string, StreamChange['facts'][number][]>;
  readonly drafts: Draft[];
  /** Sequences whose stored head moves: new facts, or a look at the clock that has to be put forward. */
  readonly moved: Set<string>;
  readonly at: string;
}

/**
 * Decides on a batch of inputs, of any sequences, in one transaction: inbox, facts, heads and outbox together. After the
 * commit, and only then, the cache moves and the relay sends.
 *
 * A version conflict means that another writer decided first: the batch is decided again on what is stored.
 */
export class Decider {
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly ports: DeciderPorts,
    private readonly cache: StateCache,
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
    const ids = [...new Set(pending.map(({ sequenceId }) => sequenceId))];
    try {
      await this.decideOnce(pending, ids);
    } catch (error) {
      this.cache.forget(ids);
      if (!isVersionConflict(error)) throw error;
      await this.decideOnce(pending, ids);
    }
  }

  private async decideOnce(pending: readonly Pending[], ids: readonly string[]): Promise<void> {
    const { batch, rows } = await this.ports.transaction(async (tx) => {
      const eventIds = pending.flatMap(({ eventId }) => eventId ?? []);
      const fresh = eventIds.length > 0 ? await this.ports.claimInbox(tx, eventIds) : new Set<string>();
      const made = await this.startBatch(tx, ids);
      for (const one of takeFresh(pending, fresh)) this.decideOne(one, made);
      const sealed = made.drafts.length > 0 ? this.ports.seal(made.drafts) : [];
      // Started together, the statements share one round trip.
      const [rowsOfBatch] = await Promise.all([
        sealed.length > 0 ? this.ports.insertOutbox(tx, sealed) : [],
        made.moved.size > 0 ? appendFacts(tx, changesOf(made), made.at) : undefined,
      ]);
      return { batch: made, rows: rowsOfBatch };
    });
    if (rows.length > 0) this.ports.relay(rows);
    this.remember(batch);
  }

  private async startBatch(tx: Tx, ids: readonly string[]): Promise<Batch> {
    const missing = ids.filter((id) => this.cache.get(id) === undefined);
    const loaded = await loadStates(tx, missing);
    const before = new Map(ids.map((id) => [id, this.cache.get(id) ?? (loaded.get(id) as SequenceState)]));
    return {
      before,
      after: new Map(before),
      facts: new Map(),
      drafts: [],
      moved: new Set(),
      at: new Date(this.ports.now()).toISOString(),
    };
  }

  private decideOne({ sequenceId, eventId, input }: Pending, batch: Batch): void {
    const state = batch.after.get(sequenceId) as SequenceState;
    const origin: Origin = { sequenceId, epoch: 'epoch' in state ? state.epoch : 1, cause: eventId, at: batch.at };
    const recordId = this.ports.newId();
    const decision = decide(this.complete(input, sequenceId, state), state, origin, this.toolsFor(origin, recordId));
    if (input.kind === 'reading-received') this.rounds.note(input.data, batch.at);
    if (input.kind === 'clock-reached' || decision.facts.length > 0) batch.moved.add(sequenceId);
    if (decision.facts.length > 0) addDecision(batch, origin, recordId, state, decision);
  }

  private complete(input: Pending['input'], sequenceId: string, state: SequenceState): Input {
    if (input.kind === 'clock-reached') return { kind: 'clock-reached', rounds: this.rounds.of(sequenceId, state) };
    if (input.kind === 'reading-received') return { ...input, seenAt: this.rounds.seenAt(sequenceId, input.data.step) };
    return input;
  }

  private toolsFor(origin: Origin, recordId: string): Tools {
    const digestOf = (order: Order): string =>
      this.ports.digestOf({ ...orderDraft(origin, order, recordId), id: order.id, time: origin.at });
    return { newId: () => this.ports.newId(), digestOf };
  }

  private remember({ after }: Batch): void {
    for (const [id, state] of after) {
      this.cache.set(id, state);
      if (state.status === 'ended') this.rounds.forget(id);
    }
  }
}

/** Inputs that are new; of one that comes twice in a batch the first. */
function takeFresh(pending: readonly Pending[], fresh: ReadonlySet<string>): Pending[] {
  const left = new Set(fresh);
  return pending.filter(({ eventId }) => eventId === null || left.delete(eventId));
}

function addDecision(batch: Batch, origin: Origin, recordId: string, state: SequenceState, decision: Decision): void {
  const { sequenceId } = origin;
  batch.after.set(sequenceId, decision.facts.reduce(evolve, state));
  const facts = batch.facts.get(sequenceId) ?? [];
  facts.push(...decision.facts);
  batch.facts.set(sequenceId, facts);
  batch.drafts.push(recordDraft(origin, recordId, versionOf(state) + 1, decision.facts));
  for (const order of decision.orders) batch.drafts.push(orderDraft(origin, order, recordId));
}

const changesOf = ({ before, after, facts }: Batch): StreamChange[] =>
  [...after].flatMap(([sequenceId, state]) => {
    const expectedVersion = versionOf(before.get(sequenceId) as SequenceState);
    return state.status === 'absent'
      ? []
      : [{ sequenceId, expectedVersion, facts: facts.get(sequenceId) ?? [], state }];
  });

const UNIQUE_VIOLATION = '23505';
const isVersionConflict = (error: unknown): boolean =>
  error instanceof DatabaseError && error.code === UNIQUE_VIOLATION;
