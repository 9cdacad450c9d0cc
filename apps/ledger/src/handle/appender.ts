import { signCheckpoint, type Frontier, type NoteSigner, type Sha256 } from '@causeway/ledger-core';
import type { Log } from '@causeway/messaging';
import type { Released } from './cause-room';
import type { LedgerFigures } from './figures';
import { makeEntries, type EntryMaking } from './make-entries';
import {
  AlreadyIn,
  LogDisagrees,
  mustBeOurs,
  WriterReplaced,
  type Batch,
  type EventArrival,
  type Head,
  type LogStore,
  type Publication,
} from './ports';
import type { RecentIds } from './recent-ids';
import { duplicateOf } from './sift';

export interface AppenderOptions {
  readonly store: LogStore;
  readonly epoch: number;
  readonly frontier: Frontier;
  readonly sha256: Sha256;
  readonly making: EntryMaking;
  readonly noteSigner: NoteSigner;
  readonly recent: RecentIds;
  readonly publication: Publication;
  readonly figures: LedgerFigures;
  readonly log: Log;
  /** Unix milliseconds. */
  now(): number;
  monotonic(): number;
  pause(ms: number): Promise<void>;
}

export interface ToAppend {
  readonly released: readonly Released<EventArrival>[];
  readonly duplicates: readonly EventArrival[];
  readonly parked: Batch['parked'];
  readonly waiting: readonly EventArrival[];
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

/**
 * The single writer's hand: keeps the right edge of the tree in memory and extends it, a batch a transaction.
 *
 * A1  What was committed is what memory holds: the frontier moves only when the batch is known to be stored.
 * A2  A batch whose outcome is unknown is looked up, and written again only when it is not there.
 * A3  An event id gets one index for ever.
 */
export class Appender {
  private frontier: Frontier;
  /** The database does not take a batch, and it is tried again. */
  retrying = false;

  constructor(private readonly options: AppenderOptions) {
    this.frontier = options.frontier;
    options.figures.size = options.frontier.size;
  }

  /** Entries in the log. */
  get size(): number {
    return this.frontier.size;
  }

  async append(items: ToAppend): Promise<void> {
    const { released, duplicates, parked, waiting } = items;
    if (released.length + duplicates.length + parked.length + waiting.length === 0) return;
    const startedMs = this.options.monotonic();
    await this.reportConflicts(items);
    const { batch, next } = this.make(items);
    const isStored = await this.store(batch);
    if (!isStored) return this.append(await this.withoutKnown(items));
    this.frontier = next;
    for (const { event } of released) this.options.recent.add(event.id);
    this.reportMissing(released);
    if (batch.head) this.options.publication.committed(batch.entries, batch.head);
    const { figures } = this.options;
    figures.size = next.size;
    figures.appended(released.length, duplicates.length, parked.length, this.options.monotonic() - startedMs);
  }

  private make({ released, duplicates, parked, waiting }: ToAppend): { batch: Batch; next: Frontier } {
    const { epoch, making } = this.options;
    const nowMs = this.options.now();
    const entries = makeEntries(released, this.frontier.size, nowMs, making);
    const next = this.frontier.appendAll(entries.map(({ leafHash }) => leafHash));
    const batch = {
      epoch,
      at: new Date(nowMs).toISOString(),
      entries,
      head: entries.length === 0 ? null : this.headOf(next),
      duplicates: duplicates.map(duplicateOf),
      parked,
      waiting,
    };
    return { batch, next };
  }

  private headOf(frontier: Frontier): Head {
    const { making, noteSigner, sha256 } = this.options;
    const { size } = frontier;
    const root = frontier.root();
    const note = signCheckpoint(sha256, { origin: making.origin, size, root }, noteSigner);
    return { size, root, frontier: frontier.serialise(), note };
  }

  /** Whether the batch is in; false when one of its events was in before. Tries on while the database is away. */
  private async store(batch: Batch): Promise<boolean> {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        await this.options.store.append(batch);
        this.retrying = false;
        return true;
      } catch (error) {
        const outcome = await this.outcomeOf(batch, error as Error);
        this.retrying = outcome === 'unknown';
        if (outcome !== 'unknown') return outcome === 'stored';
        this.options.log.warn({ error: String(error), pauseMs }, 'the batch is not in yet, trying again');
        await this.options.pause(pauseMs);
      }
    }
  }

  /** What an error means: a lost answer says nothing, but the newest head tells whether the batch is there (A2). */
  private async outcomeOf(batch: Batch, error: Error): Promise<'stored' | 'event-known' | 'unknown'> {
    if (error instanceof WriterReplaced) throw error;
    const head = await this.options.store.newestHead().catch(() => undefined);
    if (head === undefined) return 'unknown';
    if (head && batch.head && isSameHead(head, batch.head)) return 'stored';
    if (error instanceof AlreadyIn && error.what === 'event') return 'event-known';
    if (head) mustBeOurs(head, this.options.epoch);
    const size = head?.size ?? 0;
    if (size === this.frontier.size && !(error instanceof AlreadyIn)) return 'unknown';
    throw new LogDisagrees(`the log has ${size} entries, this writer had ${this.frontier.size}: ${error.message}`);
  }

  /** Events that were in before are repetitions, however long ago that was (A3). */
  private async withoutKnown(items: ToAppend): Promise<ToAppend> {
    const { recent, store } = this.options;
    const known = await store.knownEvents(items.released.map(({ event }) => event.id));
    if (known.size === 0) throw new LogDisagrees('an event id is taken, and no row holds it');
    for (const id of known) recent.add(id);
    return {
      ...items,
      released: items.released.filter(({ event }) => !known.has(event.id)),
      duplicates: [
        ...items.duplicates,
        ...items.released.filter(({ event }) => known.has(event.id)).map(({ event }) => event),
      ],
    };
  }

  /** An effect before its cause is never silent, whoever let it go. */
  private reportMissing(released: ToAppend['released']): void {
    for (const { event, causeMissing } of released) {
      if (causeMissing.length === 0) continue;
      this.options.figures.causeMissing();
      this.options.log.warn({ eventId: event.id, place: event.place, causeMissing }, 'appended without its causes');
    }
  }

  /** A repetition with another content under the same id is counted like any, and said loudly: nobody honest sends it. */
  private async reportConflicts({ released, duplicates }: ToAppend): Promise<void> {
    const suspects = duplicates.filter(({ received }) => !received.topic.endsWith('.dlq'));
    if (suspects.length === 0) return;
    const digests = await this.options.store.digestsOf(suspects.map(({ id }) => id));
    for (const { event } of released) digests.set(event.id, event.received.digest);
    for (const { id, place, received } of suspects) {
      const recorded = digests.get(id);
      if (recorded === undefined || recorded === received.digest) continue;
      this.options.figures.conflicts += 1;
      this.options.log.error({ eventId: id, place, recorded, digest: received.digest }, 'the id of another message');
    }
  }
}

const isSameHead = (one: Head, other: Head): boolean =>
  one.size === other.size && Buffer.compare(one.root, other.root) === 0;
