import type { Log } from '@causeway/messaging';
import type { Appender, ToAppend } from './appender';
import { CauseRoom, type CauseRoomLimits, type Released } from './cause-room';
import { Gathering, MOST_A_BATCH } from './gathering';
import type { LedgerFigures } from './figures';
import type { Arrival, EventArrival, LogStore, Ticket } from './ports';
import type { RecentIds } from './recent-ids';
import { Sieve } from './sift';

export interface WriterOptions {
  readonly store: LogStore;
  readonly appender: Appender;
  readonly sieve: Sieve;
  readonly recent: RecentIds;
  readonly waiting: CauseRoomLimits;
  /** After this long a waiting event's place is remembered in a table, and the broker's offset goes on past it. */
  readonly noteWaitingAfterMs: number;
  /** Whether messages come in at all: until then no cause can come. */
  isTakingIn(): boolean;
  /** Milliseconds that never go back. */
  monotonic(): number;
  readonly figures: LedgerFigures;
  readonly log: Log;
  /** The log must not be written by this process any more. */
  onFatal(error: Error): void;
}

const LONGEST_TURN_MS = 1_000;
/** A dead letter in memory, bytes. */
const WEIGHT_OF_PARKED = 2_000;

/**
 * Takes messages in, one batch at a time: sift, wait for causes, append.
 * All state that decides (what is in, who waits, the tree) is touched only between two batches, by this one loop.
 */
export class LedgerWriter {
  private readonly room: CauseRoom<EventArrival>;
  private readonly gathering: Gathering<Arrival>;
  private readonly noted = new Set<EventArrival>();
  private running: Promise<void> = Promise.resolve();
  /** Milliseconds in which a cause could have come: see {@link passTime}. */
  private waitClockMs = 0;
  private lastTurnMs = 0;

  constructor(private readonly options: WriterOptions) {
    this.room = new CauseRoom(options.waiting);
    this.gathering = new Gathering<Arrival>((arrival) =>
      arrival.kind === 'event' ? arrival.weight : WEIGHT_OF_PARKED,
    );
  }

  start(): void {
    this.lastTurnMs = this.options.monotonic();
    this.running = this.run();
  }

  /** Resolves when every message is durable: appended, counted as repeated or parked, or remembered as waiting. */
  take(arrivals: readonly Arrival[]): Promise<void> {
    if (arrivals.length === 0) return Promise.resolve();
    return new Promise((accepted) => {
      const ticket: Ticket = { left: arrivals.length, accepted };
      for (const arrival of arrivals) arrival.tickets.push(ticket);
      this.gathering.push(arrivals);
    });
  }

  /** What was remembered as waiting when this process began. */
  restoreWaiting(arrivals: readonly EventArrival[]): void {
    for (const arrival of arrivals) this.noted.add(arrival);
    this.gathering.push(arrivals);
  }

  /** So much waits for causes that what runs ahead is left unanswered: a standing offset is no sign of death. */
  get isFull(): boolean {
    return this.room.isFull;
  }

  /** Finishes what was taken and ends the loop. What still waits for a cause is left to the next start. */
  async stop(): Promise<void> {
    this.gathering.close();
    await this.running;
  }

  private async run(): Promise<void> {
    try {
      for await (const arrivals of this.gathering.batches(() => this.nextDueMs())) await this.handle(arrivals);
    } catch (error) {
      this.options.onFatal(error as Error);
    }
  }

  private async handle(arrivals: readonly Arrival[]): Promise<void> {
    const { appender, sieve, recent, figures } = this.options;
    const nowMs = this.passTime();
    const sifted = await sieve.sift(arrivals, {
      isIn: (id) => recent.has(id),
      waits: (id) => this.room.holds(id),
    });
    const found = await this.causesInDatabase(sifted.events);
    const released = this.room.admit(sifted.events, nowMs, (id) => recent.has(id) || found.has(id));
    released.push(...this.room.found([...(await this.inThoughTheyWait(sifted.events))]));
    released.push(...this.room.expire(nowMs));
    const waiting = this.toRemember(nowMs);
    for (const part of inParts(released)) await appender.append({ ...NOTHING, released: part });
    await appender.append({
      ...NOTHING,
      duplicates: sifted.duplicates,
      parked: sifted.parked.map(({ deadLetter }) => deadLetter),
      waiting,
    });
    for (const { event } of released) this.answer(event);
    for (const arrival of [...sifted.duplicates, ...sifted.parked, ...sifted.again, ...waiting]) this.answer(arrival);
    figures.waiting(this.room.size, this.waitedMs());
  }

  /**
   * The clock of those who wait. It stands while there is more to take in (the cause may be in it, when the ledger catches up
   * after hours) and while nothing can be taken in. And no turn counts for more than a second, so that a paused process does not wake to find all waits over.
   */
  private passTime(): number {
    const nowMs = this.options.monotonic();
    const couldCome = this.options.isTakingIn() && !this.gathering.hasMore;
    if (couldCome) this.waitClockMs += Math.min(nowMs - this.lastTurnMs, LONGEST_TURN_MS);
    this.lastTurnMs = nowMs;
    return this.waitClockMs;
  }

  /** Causes that memory does not know can be old. One query a batch, and none while memory holds the whole log. */
  private async causesInDatabase(events: readonly EventArrival[]): Promise<Set<string>> {
    const { recent, store } = this.options;
    if (recent.isComplete) return new Set();
    const here = new Set(events.map(({ id }) => id));
    const unknown = new Set<string>();
    for (const { causes } of events) {
      for (const id of causes) if (!recent.has(id) && !here.has(id) && !this.room.holds(id)) unknown.add(id);
    }
    return unknown.size === 0 ? unknown : store.knownEvents([...unknown]);
  }

  /**
   * Causes that seem to wait here and are in the log already: what waits is a repetition of them that memory had forgotten. It may
   * stand in a line behind the very events that wait for it.
   */
  private async inThoughTheyWait(events: readonly EventArrival[]): Promise<Set<string>> {
    const { recent, store } = this.options;
    if (recent.isComplete) return new Set();
    const waiting = events.filter(({ id }) => this.room.holds(id));
    const causes = waiting.flatMap((event) => event.causes.filter((id) => this.room.holds(id)));
    return causes.length === 0 ? new Set() : store.knownEvents([...new Set(causes)]);
  }

  /**
   * Those whose place is to be remembered now. None while the room is full: unanswered, the partitions that ran ahead of their
   * causes pause at what they may have in flight. The one with the oldest event that is not in has nothing before it that waits, so it goes on.
   */
  private toRemember(nowMs: number): EventArrival[] {
    const due: EventArrival[] = [];
    for (const { event, sinceMs, missing } of this.room.listed()) {
      if (nowMs - sinceMs < this.options.noteWaitingAfterMs) break;
      if (this.noted.has(event)) {
        // Delivered again meanwhile: its place is remembered already.
        this.answer(event);
        continue;
      }
      if (this.room.isFull) continue;
      this.noted.add(event);
      due.push(event);
      this.options.log.info({ eventId: event.id, place: event.place, causes: missing }, 'waits for its causes');
    }
    return due;
  }

  private answer(arrival: Arrival): void {
    for (const ticket of arrival.tickets) if (--ticket.left === 0) ticket.accepted();
    arrival.tickets.length = 0;
    if (this.noted.size > 0 && arrival.kind === 'event' && !this.room.holds(arrival.id)) this.noted.delete(arrival);
  }

  private waitedMs(): number {
    const sinceMs = this.room.oldestSinceMs();
    return sinceMs === null ? 0 : this.waitClockMs - sinceMs;
  }

  /** When the loop must turn again although nothing comes, milliseconds from now; null: it need not. */
  private nextDueMs(): number | null {
    if (this.room.size === 0) return null;
    return Math.min(250, this.options.noteWaitingAfterMs, this.options.waiting.waitMs);
  }
}

const NOTHING: ToAppend = { released: [], duplicates: [], parked: [], waiting: [] };

/** One late cause can release thousands: no transaction gets larger than a batch. */
function* inParts(released: readonly Released<EventArrival>[]): Iterable<readonly Released<EventArrival>[]> {
  let part: Released<EventArrival>[] = [];
  let weight = 0;
  for (const item of released) {
    part.push(item);
    weight += item.event.weight;
    if (part.length < MOST_A_BATCH.items && weight < MOST_A_BATCH.weight) continue;
    yield part;
    part = [];
    weight = 0;
  }
  if (part.length > 0) yield part;
}
