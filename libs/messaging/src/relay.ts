import { SendFailed, type EventBus } from './bus';
import { lingerFor } from './linger';
import { messageOf, silentLog, type Log } from './log';
import type { OutboxRow, OutboxStore } from './outbox';
import { pause } from './pause';

/**
 * Sends what the outbox holds, from memory right after the commit.
 *
 * 1. One send at a time, in order of enqueueing: no message is sent before an earlier one of its key is acknowledged, or in
 *    the same request with it.
 * 2. A failed send is repeated with the same messages before anything later of their keys. A key that the broker refuses is held back, and
 *    tried alone every few seconds; the others go on, as long as its rows leave them room in memory.
 * 3. A row is deleted only after its acknowledgement. What a crash leaves is found by the sweep: at the start and every 2 s.
 * 4. Memory is bounded: beyond `maxQueued` rows stay in the table only and are swept once the queue is empty.
 * 5. After a commit whose answer was lost, rows come from the table only, until a look that began when that commit cannot be under way any
 *    more: nothing that is decided later is sent before what it left, however long the process slept meanwhile.
 * 6. Who sits by a seat sends nothing once it may be another's: what it left is the other's to send.
 */
export interface RelayOptions {
  readonly bus: EventBus;
  readonly store: OutboxStore<never>;
  readonly log?: Log;
  readonly sweepEveryMs?: number;
  readonly maxQueued?: number;
  /** Longest that a send waits for more under load, milliseconds. Default 4. */
  readonly lingerMs?: number;
  /** Between two tries of a key that the broker refuses, milliseconds. Default 3,000. */
  readonly refusedEveryMs?: number;
  /** Whether this process may still send: false holds everything back until it is asked again. Default: always. */
  maySend?(): boolean;
}

const SEND_MESSAGES = 1_000;
const SWEEP_ROWS = 2_000;
/** A row this young is still on its way to `enqueue` in this process. */
const YOUNG_MS = 2_000;
const DELETE_EVERY_MS = 500;
const REFUSED_EVERY_MS = 3_000;
const REFUSED = { refused: true };
const ASK_AGAIN_MS = 100;
const BACKOFF_MS = { first: 50, most: 2_000 };
/** A server ends the idle transaction of a lost client after 5 s, and a commit under way takes no time; a sweep comes as often at the least. */
const IN_DOUBT_MS = 6_000;

export class Relay {
  private queue: OutboxRow[] = [];
  /** Places that are queued, being sent, or sent and not yet deleted. */
  private readonly known = new Set<string>();
  private sent: string[] = [];
  /** Keys that the broker refuses, and when each is tried again, by `performance`. */
  private readonly held = new Map<string, number>();
  private spilled = false;
  /** When a commit in doubt is over at the latest, by `performance`; null: none is, or the table was looked at since. */
  private inDoubtUntil: number | null = null;
  private passedOver = false;
  private sending: Promise<void> | null = null;
  private sweeping: Promise<void> | null = null;
  private deleting: Promise<void> = Promise.resolve();
  private stopped = false;
  private failures = 0;
  private lastSize = 0;
  private timers: NodeJS.Timeout[] = [];
  private readonly log: Log;
  readonly counts = { sent: 0, failedSends: 0, swept: 0 };

  constructor(private readonly options: RelayOptions) {
    this.log = options.log ?? silentLog;
    options.store.onCommitInDoubt(() => {
      this.inDoubtUntil = performance.now() + IN_DOUBT_MS;
    });
  }

  /** Takes up what an earlier process left, before anything new is enqueued. Resolves when it is queued, not sent. */
  async start(): Promise<void> {
    await this.sweep(0);
    this.timers = [
      setInterval(() => this.sweepUnlessSweeping(), this.options.sweepEveryMs ?? 2_000),
      setInterval(() => void this.deleteSent(), DELETE_EVERY_MS),
    ];
  }

  /** Rows of a transaction that has committed. Transactions that touch the same key are enqueued in the order they commit. */
  enqueue(rows: readonly OutboxRow[]): void {
    if (this.stopped) return;
    const full = this.queue.length + rows.length > (this.options.maxQueued ?? 20_000);
    if (full || this.inDoubtUntil !== null) this.spilled = true;
    if (!this.spilled) return this.take(rows);
    this.passedOver = true;
    this.wake();
  }

  /** Rows that are not acknowledged yet, as far as memory knows. */
  waiting(): number {
    return this.queue.length;
  }

  isHealthy(): boolean {
    return this.failures < 3;
  }

  /** Sends what is queued, deletes what is sent, and ends. What is not acknowledged in time stays in the table. */
  async stop(graceMs = 5_000): Promise<void> {
    this.timers.forEach((timer) => clearInterval(timer));
    const deadline = performance.now() + graceMs;
    while (this.sending && performance.now() < deadline) await Promise.race([this.sending, pause(50)]);
    this.stopped = true;
    await this.deleteSent();
  }

  private take(rows: readonly OutboxRow[]): void {
    for (const row of rows) {
      if (this.known.has(row.place)) continue;
      this.known.add(row.place);
      this.queue.push(row);
    }
    this.wake();
  }

  private wake(): void {
    if (!this.sending && (this.queue.length > 0 || this.spilled)) {
      this.sending = this.sendAll().finally(() => {
        this.sending = null;
      });
    }
  }

  private async sendAll(): Promise<void> {
    while ((this.queue.length > 0 || this.spilled) && !this.stopped) {
      if (this.queue.length === 0) await this.unspill();
      const waitMs = lingerFor(this.lastSize, this.options.lingerMs ?? 4);
      if (waitMs > 0) await pause(waitMs);
      if (this.options.maySend?.() === false) {
        await pause(ASK_AGAIN_MS);
        continue;
      }
      const rows = this.next();
      if (rows.length > 0) this.acknowledged(await this.send(rows), rows);
      else if (this.queue.length > 0) await pause(ASK_AGAIN_MS);
    }
  }

  /** What goes into one request: a held key that is due, alone; else the first of all keys that are not held. */
  private next(): OutboxRow[] {
    if (this.held.size === 0) return this.queue.slice(0, SEND_MESSAGES);
    const due = [...this.held].find(([, at]) => at <= performance.now())?.[0];
    // Whatever becomes of it, the other held keys have their turn before it.
    if (due !== undefined) this.hold(due);
    const goes = (key: string): boolean => (due === undefined ? !this.held.has(key) : key === due);
    return this.queue.filter(({ sealed }) => goes(sealed.key)).slice(0, SEND_MESSAGES);
  }

  private hold(key: string): void {
    this.held.delete(key);
    this.held.set(key, performance.now() + (this.options.refusedEveryMs ?? REFUSED_EVERY_MS));
  }

  private acknowledged(rows: readonly OutboxRow[], asked: readonly OutboxRow[]): void {
    const isFront = rows === asked && rows.at(-1) === this.queue[rows.length - 1];
    this.queue = isFront ? this.queue.slice(rows.length) : without(this.queue, rows);
    this.lastSize = rows.length;
    this.counts.sent += rows.length;
    for (const row of rows) this.sent.push(row.place);
    if (this.held.size > 0) for (const row of rows) this.held.delete(row.sealed.key);
  }

  /** The rows that were acknowledged. None after a failure, except that a refusal by the broker is narrowed to its keys. */
  private async send(rows: readonly OutboxRow[]): Promise<readonly OutboxRow[]> {
    const failure = await this.attempt(rows);
    if (!failure) return rows;
    if (failure.refused) return this.sendKeyByKey(rows);
    await pause(Math.min(BACKOFF_MS.first * 2 ** (this.failures - 1), BACKOFF_MS.most));
    return [];
  }

  private async attempt(rows: readonly OutboxRow[]): Promise<SendFailed | null> {
    try {
      await this.options.bus.send(rows.map((row) => row.sealed));
      this.failures = 0;
      return null;
    } catch (error) {
      this.failures++;
      this.counts.failedSends++;
      this.log.warn({ failures: this.failures, messages: rows.length }, `send failed, again: ${messageOf(error)}`);
      return error instanceof SendFailed ? error : new SendFailed(messageOf(error), true, false, error);
    }
  }

  private async sendKeyByKey(rows: readonly OutboxRow[]): Promise<OutboxRow[]> {
    const keys = byKey(rows);
    const acknowledged: OutboxRow[] = [];
    for (const [key, ofKey] of keys) {
      const failure = keys.size === 1 ? REFUSED : await this.attempt(ofKey);
      if (!failure) acknowledged.push(...ofKey);
      else if (failure.refused) this.hold(key);
      else break;
    }
    return acknowledged;
  }

  /** Back from the table to memory, in order, until a look finds nothing more and nothing was passed over meanwhile. */
  private async unspill(): Promise<void> {
    while (this.spilled && this.queue.length === 0 && !this.stopped) {
      try {
        this.passedOver = false;
        const { rows, beganAt } = await this.look(0);
        this.take(rows);
        this.endDoubt(beganAt);
        this.spilled = this.passedOver || rows.length === SWEEP_ROWS;
      } catch (error) {
        this.failed('sweep')(error);
        await pause(BACKOFF_MS.most);
      }
    }
  }

  private sweepUnlessSweeping(): void {
    this.sweeping ??= this.sweep(YOUNG_MS)
      .catch(this.failed('sweep'))
      .finally(() => {
        this.sweeping = null;
      });
  }

  private async sweep(olderThanMs: number): Promise<void> {
    const { rows, beganAt } = await this.look(olderThanMs);
    const left = rows.filter((row) => !this.known.has(row.place));
    if (left.length > 0) this.log.info({ rows: left.length }, 'the sweep found unsent rows');
    this.counts.swept += left.length;
    this.spilled ||= rows.length === SWEEP_ROWS;
    this.take(left);
    this.endDoubt(beganAt - olderThanMs);
  }

  /** All that the commit in doubt can have left is in memory once a look shows everything up to its end. */
  private endDoubt(seenUntil: number): void {
    if (this.inDoubtUntil !== null && seenUntil >= this.inDoubtUntil) this.inDoubtUntil = null;
  }

  /** No row is deleted, and with that forgotten, while the table is read: it would come back as one that nobody knows. */
  private async look(olderThanMs: number): Promise<{ readonly rows: OutboxRow[]; readonly beganAt: number }> {
    await this.deleteSent();
    const looking = this.deleting.then(async () => {
      const beganAt = performance.now();
      return { rows: await this.options.store.pending(SWEEP_ROWS, olderThanMs), beganAt };
    });
    this.deleting = looking.then(
      () => undefined,
      () => undefined,
    );
    return looking;
  }

  private deleteSent(): Promise<void> {
    this.deleting = this.deleting.then(async () => {
      const places = this.sent;
      if (places.length === 0) return;
      this.sent = [];
      try {
        await this.options.store.deleteSent(places);
        for (const place of places) this.known.delete(place);
      } catch (error) {
        this.sent = places.concat(this.sent);
        this.failed('deleting sent rows')(error);
      }
    });
    return this.deleting;
  }

  private readonly failed = (what: string) => (error: unknown) =>
    this.log.warn({ what }, `${what} failed, tried again later: ${messageOf(error)}`);
}

function without(rows: readonly OutboxRow[], gone: readonly OutboxRow[]): OutboxRow[] {
  const places = new Set(gone.map((row) => row.place));
  return rows.filter((row) => !places.has(row.place));
}

function byKey(rows: readonly OutboxRow[]): Map<string, OutboxRow[]> {
  const keys = new Map<string, OutboxRow[]>();
  for (const row of rows) {
    const ofKey = keys.get(row.sealed.key);
    if (ofKey) ofKey.push(row);
    else keys.set(row.sealed.key, [row]);
  }
  return keys;
}
