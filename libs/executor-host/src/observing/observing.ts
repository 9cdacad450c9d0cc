/**
 * Follows one target's history for as long as the process runs. What must hold:
 *
 * 1. A mutation is in the outbox exactly when it is in `observed`, and the cursor behind it moves with it: one transaction.
 * 2. Time is said to be covered after the mutations of that time, by the same transaction. What was not looked at is not said.
 * 3. One process follows a target: the seat belongs to the holder of a living lease, and every write asks for it again.
 * 4. A target that cannot be read stops nothing else. The sweep goes on where it stood; time is covered late, not lost.
 */
import type { CoverageData, MutationData } from '@causeway/contracts';
import { CursorLost, type Json, type Observer, type SeenMutation, type Sweep } from '@causeway/executor-sdk';
import type { Clock } from '@causeway/host';
import { seal, type OutboxRow, type OutboxStore, type SealOptions } from '@causeway/messaging';
import type { Tx } from '@causeway/persistence';
import { coverageOf } from './coverage';
import { coverageDraft, mutationDraft } from './drafts';
import { SeatLost, type ObservingStore, type Standing } from './observing-store';
import { pause } from './pause';

export interface ObservingLog {
  info(details: object, text: string): void;
  warn(details: object, text: string): void;
}

export interface ObservingParts {
  readonly target: string;
  readonly history: MutationData['history'];
  readonly observer: Observer;
  readonly store: ObservingStore;
  /** The lease that the seat hangs on. */
  readonly lease: { readonly holder: string };
  readonly outbox: OutboxStore<Tx>;
  readonly sealing: SealOptions;
  readonly clock: Clock;
  readonly log: ObservingLog;
  /** Rows of a committed transaction, to be sent. */
  enqueue(rows: readonly OutboxRow[]): void;
}

/** Coverage is told at most this often while nothing happens, milliseconds. */
const TELL_EVERY_MS = 5_000;
/** A target that does not answer must not hold the stop or the next try. */
const SWEEP_MS = 30_000;
const BACKOFF_MOST_MS = 4_000;
/** How often a process without the seat asks for it. */
const ASK_FOR_SEAT_MS = 1_000;
/** Messages under one signature. */
const SEALED_TOGETHER = 500;

interface Found {
  readonly startedAt: number;
  readonly sweep: Sweep;
}

export class Observing {
  private readonly ending = new AbortController();
  private standing: Standing | null = null;
  private holder = '';
  /** Source ids of the last sweep that are surely sent. */
  private sent: ReadonlySet<string> = new Set();
  private failures = 0;
  private running: Promise<void> = Promise.resolve();
  readonly counts = { mutations: 0, gaps: 0, failedSweeps: 0 };

  constructor(private readonly parts: ObservingParts) {}

  start(): void {
    this.running = this.run();
  }

  /** Ends after what is under way; the next process goes on from the stored cursor. */
  async stop(): Promise<void> {
    this.ending.abort(new Error('the process ends'));
    await this.running;
  }

  /** Seconds of the observer's clock since the last instant that is told to be covered; -1: this process does not follow the target. */
  lagSeconds(): number {
    const toldTo = this.standing?.toldTo;
    return toldTo ? (this.parts.clock.now() - Date.parse(toldTo)) / 1_000 : -1;
  }

  private async run(): Promise<void> {
    while (!this.ending.signal.aborted) {
      const waitMs = await this.round().then(
        (ms) => this.worked(ms),
        (error: unknown) => this.failed(error),
      );
      await pause(waitMs, this.ending.signal);
    }
  }

  /** One look. Returns how long to wait for the next. */
  private async round(): Promise<number> {
    const standing = (this.standing ??= await this.sit());
    if (!standing) return ASK_FOR_SEAT_MS;
    if (standing.cursor === null || standing.toldTo === null) await this.begin(null);
    else await this.follow(standing.cursor, standing.toldTo);
    return this.parts.observer.everyMs;
  }

  private sit(): Promise<Standing | null> {
    this.holder = this.parts.lease.holder;
    this.sent = new Set();
    return this.parts.store.sit(this.holder);
  }

  /** What was recorded before the cursor came back may lie before it, so time is covered from then on. */
  private async begin(gap: { from: string; reason: string } | null): Promise<void> {
    const cursor = await this.look((signal) => this.parts.observer.begin(signal));
    const toldTo = instantOf(this.parts.clock.now());
    const { target, log } = this.parts;
    const told: CoverageData[] = gap ? [{ target, kind: 'gap', ...gap, to: toldTo }] : [];
    await this.commit([], told, { cursor, toldTo });
    log.info({ target, from: toldTo }, 'observing from now on');
  }

  private async follow(cursor: Json, toldTo: string): Promise<void> {
    const startedAt = this.parts.clock.now();
    try {
      const sweep = await this.look((signal) => this.parts.observer.sweep(cursor, signal));
      await this.take({ startedAt, sweep }, toldTo);
    } catch (error) {
      if (!(error instanceof CursorLost)) throw error;
      await this.begin({ from: toldTo, reason: error.message.slice(0, 2_000) });
    }
  }

  /** Nothing new and coverage told a moment ago: nothing is written, and the cursor stays in memory. */
  private async take({ startedAt, sweep }: Found, toldTo: string): Promise<void> {
    const { target } = this.parts;
    const fresh = sweep.mutations.filter(({ source }) => !this.sent.has(source.id));
    const quiet = fresh.length === 0 && !sweep.gap && startedAt - Date.parse(toldTo) < TELL_EVERY_MS;
    if (quiet) {
      this.standing = { cursor: sweep.cursor, toldTo };
      return;
    }
    const to = instantOf(startedAt);
    const told = coverageOf({ target, from: toldTo, to }, sweep.gap);
    // A clock set back tells nothing until it has caught up.
    await this.commit(sweep.mutations, told, { cursor: sweep.cursor, toldTo: to > toldTo ? to : toldTo });
  }

  private async commit(seen: readonly SeenMutation[], told: readonly CoverageData[], to: Standing): Promise<void> {
    const { store, enqueue } = this.parts;
    const ids = seen.map(({ source }) => source.id);
    const { rows, fresh } = await store.asHolder(this.holder, async (tx) => {
      const unsent = await store.claim(tx, ids);
      const written = await this.write(tx, firstOfEach(seen, unsent), told);
      await store.move(tx, to);
      return { rows: written, fresh: unsent.size };
    });
    enqueue(rows);
    this.standing = to;
    this.sent = new Set(ids);
    this.counts.mutations += fresh;
    this.counts.gaps += told.filter(({ kind }) => kind === 'gap').length;
  }

  private async write(tx: Tx, seen: readonly SeenMutation[], told: readonly CoverageData[]): Promise<OutboxRow[]> {
    const { target, history, clock, sealing, outbox } = this.parts;
    const added = { target, history, observedAt: instantOf(clock.now()) };
    const drafts = [...seen.map((one) => mutationDraft(one, added)), ...told.map(coverageDraft)];
    const rows: OutboxRow[] = [];
    for (let from = 0; from < drafts.length; from += SEALED_TOGETHER)
      rows.push(...(await outbox.insert(tx, seal(drafts.slice(from, from + SEALED_TOGETHER), sealing))));
    return rows;
  }

  /** Each look has a signal of its own: one that lives as long as the process would gather what was ever joined to it. */
  private async look<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const look = new AbortController();
    const end = (): void => look.abort(this.ending.signal.reason);
    this.ending.signal.addEventListener('abort', end);
    const timer = setTimeout(() => look.abort(new Error(`no answer within ${SWEEP_MS} ms`)), SWEEP_MS);
    try {
      this.ending.signal.throwIfAborted();
      return await work(look.signal);
    } finally {
      clearTimeout(timer);
      this.ending.signal.removeEventListener('abort', end);
    }
  }

  private worked(waitMs: number): number {
    if (this.failures > 0) this.parts.log.info({ target: this.parts.target }, 'the target is observed again');
    this.failures = 0;
    return waitMs;
  }

  /** The standing is read anew: a commit whose answer was lost may have happened. Told once until it works again. */
  private failed(error: unknown): number {
    this.standing = null;
    if (this.ending.signal.aborted || error instanceof SeatLost) return ASK_FOR_SEAT_MS;
    this.failures++;
    this.counts.failedSweeps++;
    const { target, observer, log } = this.parts;
    if (this.failures === 1) log.warn({ target }, `not observed for now, tried again: ${textOf(error)}`);
    return Math.min(observer.everyMs * 2 ** Math.min(this.failures, 10), BACKOFF_MOST_MS);
  }
}

const instantOf = (ms: number): string => new Date(ms).toISOString();

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A source id that stands twice in one sweep counts once. */
function firstOfEach(seen: readonly SeenMutation[], unsent: ReadonlySet<string>): SeenMutation[] {
  const left = new Set(unsent);
  return seen.filter(({ source }) => left.delete(source.id));
}
