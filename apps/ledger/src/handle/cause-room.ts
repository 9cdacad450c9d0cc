/**
 * Where events wait until their causes are in the log.
 *
 * Purpose: topics are read independently, so a result can be here before its command. Causes come before effects all the same.
 * Owns: which events wait, for what and since when. Knows no clock, no database and no broker: time and "is it in" come in.
 *
 * W1  An event is released after all its causes, or with `causeMissing` naming those that were not in.
 * W2  Events of one line (topic and key) are released in the order they came.
 * W3  Others go on: an event waits only for its causes and for its own line.
 * W4  Nothing waits for ever: a cause that is nowhere is waited for `waitMs`, one that waits here itself twice as long at the
 *     most (that covers causes that name each other).
 * W5  The same arrivals at the same times give the same releases.
 * W6  A full room lets nobody go for being full: their causes may only not be read yet. It says so, and whoever fills it stops.
 */
export interface Waitable {
  readonly id: string;
  readonly causes: readonly string[];
  /** Events of the same line keep their order. Null: bound to none. */
  readonly line: string | null;
  /** Size in memory, bytes. */
  readonly weight: number;
}

export interface Released<E extends Waitable> {
  readonly event: E;
  /** Causes that were still not in; almost always empty. */
  readonly causeMissing: readonly string[];
}

export interface CauseRoomLimits {
  readonly waitMs: number;
  /** Events. */
  readonly maxWaiting: number;
  /** Bytes. */
  readonly maxWeight: number;
}

interface Waiting<E> {
  readonly event: E;
  /** Milliseconds, of the clock the caller uses. */
  readonly sinceMs: number;
  readonly missing: Set<string>;
}

const NONE: readonly string[] = [];

export class CauseRoom<E extends Waitable> {
  /** In order of arrival. */
  private readonly waiting = new Map<string, Waiting<E>>();
  private readonly waitersOf = new Map<string, Waiting<E>[]>();
  private readonly lines = new Map<string, Waiting<E>[]>();
  private released: Released<E>[] = [];
  private weight = 0;

  constructor(private readonly limits: CauseRoomLimits) {}

  get size(): number {
    return this.waiting.size;
  }

  /** Whether more wait, or weigh more, than the limits say. */
  get isFull(): boolean {
    return this.waiting.size > this.limits.maxWaiting || this.weight > this.limits.maxWeight;
  }

  /** The event that waits under this id, if any. */
  holds(id: string): E | undefined {
    return this.waiting.get(id)?.event;
  }

  /** Since when the longest waiting event waits, or null. */
  oldestSinceMs(): number | null {
    for (const { sinceMs } of this.waiting.values()) return sinceMs;
    return null;
  }

  /** The waiting events with what they wait for, oldest first. */
  *listed(): Iterable<{ readonly event: E; readonly sinceMs: number; readonly missing: readonly string[] }> {
    for (const { event, sinceMs, missing } of this.waiting.values()) yield { event, sinceMs, missing: [...missing] };
  }

  /**
   * Takes events in the order they came and gives back what may be appended now, in order.
   * @param isIn whether an event is in the log already
   */
  admit(events: readonly E[], nowMs: number, isIn: (id: string) => boolean): Released<E>[] {
    // An event of this very call can be another's cause: what was released a moment ago counts as in.
    const now = new Set<string>();
    const isInByNow = (id: string): boolean => now.has(id) || isIn(id);
    for (const event of events) {
      const before = this.released.length;
      this.admitOne(event, nowMs, isInByNow);
      for (let i = before; i < this.released.length; i++) now.add((this.released[i] as Released<E>).event.id);
    }
    return this.takeReleased();
  }

  /** Causes that turned out to be in the log, found by other means. */
  found(ids: readonly string[]): Released<E>[] {
    for (const id of ids) this.settle(id);
    return this.takeReleased();
  }

  /** What has waited long enough (W4), with all that only waited for it. */
  expire(nowMs: number): Released<E>[] {
    // Again while somebody left: who named one of those may now wait only for what is nowhere.
    for (let before = -1; before < this.released.length;) {
      before = this.released.length;
      this.expireOnce(nowMs);
    }
    return this.takeReleased();
  }

  private expireOnce(nowMs: number): void {
    for (const waiting of this.waiting.values()) {
      const waitedMs = nowMs - waiting.sinceMs;
      if (waitedMs < this.limits.waitMs) break;
      const isOver = waitedMs >= 2 * this.limits.waitMs || this.isHopeless(waiting);
      if (isOver && this.isHead(waiting)) this.release(waiting);
    }
  }

  private takeReleased(): Released<E>[] {
    const released = this.released;
    this.released = [];
    return released;
  }

  private admitOne(event: E, nowMs: number, isIn: (id: string) => boolean): void {
    const hasLine = event.line !== null && this.lines.has(event.line);
    if (!hasLine && event.causes.every(isIn)) {
      this.released.push({ event, causeMissing: NONE });
      if (this.waitersOf.has(event.id)) this.settle(event.id);
      return;
    }
    const missing = new Set(event.causes.filter((id) => !isIn(id)));
    const waiting: Waiting<E> = { event, sinceMs: nowMs, missing };
    this.waiting.set(event.id, waiting);
    this.weight += event.weight;
    for (const id of missing) append(this.waitersOf, id, waiting);
    if (event.line !== null) append(this.lines, event.line, waiting);
  }

  /** An event is in: whoever waited for nothing else follows, and so on. A list, not recursion: chains can be long. */
  private settle(id: string): void {
    const settled = [id];
    for (let next = settled.pop(); next !== undefined; next = settled.pop()) {
      const waiters = this.waitersOf.get(next);
      if (!waiters) continue;
      this.waitersOf.delete(next);
      for (const waiter of waiters) {
        waiter.missing.delete(next);
        this.leaveIfFree(waiter, settled);
      }
    }
  }

  private leaveIfFree(waiter: Waiting<E>, settled: string[]): void {
    for (let next: Waiting<E> | undefined = waiter; next && this.isFree(next);) next = this.leave(next, settled);
  }

  private isFree(waiting: Waiting<E>): boolean {
    return waiting.missing.size === 0 && this.waiting.has(waiting.event.id) && this.isHead(waiting);
  }

  private isHead({ event }: Waiting<E>): boolean {
    return event.line === null || this.lines.get(event.line)?.[0]?.event === event;
  }

  /** Out of the room, and who stands next in its line. */
  private leave({ event, missing }: Waiting<E>, settled: string[]): Waiting<E> | undefined {
    this.waiting.delete(event.id);
    this.weight -= event.weight;
    this.released.push({ event, causeMissing: [...missing] });
    settled.push(event.id);
    if (event.line === null) return undefined;
    const line = this.lines.get(event.line) as Waiting<E>[];
    line.shift();
    if (line.length === 0) this.lines.delete(event.line);
    return line[0];
  }

  /** Lets one go although causes are missing. */
  private release(waiting: Waiting<E>): void {
    for (const id of waiting.missing) this.forget(id, waiting);
    const settled: string[] = [];
    const next = this.leave(waiting, settled);
    if (next) this.leaveIfFree(next, settled);
    for (const id of settled) this.settle(id);
  }

  private forget(cause: string, waiting: Waiting<E>): void {
    const others = this.waitersOf.get(cause)?.filter((waiter) => waiter !== waiting) ?? [];
    if (others.length > 0) this.waitersOf.set(cause, others);
    else this.waitersOf.delete(cause);
  }

  /** Waits only for causes that are nowhere: not in the log and not in this room. */
  private isHopeless({ missing }: Waiting<E>): boolean {
    for (const id of missing) if (this.waiting.has(id)) return false;
    return missing.size > 0;
  }
}

function append<T>(lists: Map<string, T[]>, name: string, item: T): void {
  const list = lists.get(name);
  if (list) list.push(item);
  else lists.set(name, [item]);
}
