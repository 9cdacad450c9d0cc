import type { Received } from './envelopes';
import { lingerFor } from './linger';
import { messageOf, type Log } from './log';
import { pause } from './pause';

/** A message in a lane, and who waits for it. */
export interface LaneItem {
  readonly received: Received;
  handled(): void;
}

export interface LaneOptions {
  readonly name: string;
  handle(received: Received[]): Promise<unknown>;
  /** Most messages of one call: one transaction. */
  readonly maxBatch: number;
  /** Longest that a call waits for more under load, milliseconds. */
  readonly lingerMs: number;
  readonly log: Log;
  onFatal(error: Error): void;
}

const BACKOFF_MS = { first: 100, most: 5_000 };

/**
 * The queue before one handler. One call at a time, with everything that came meanwhile: a group commit that fits itself to
 * the load, keeps the order of every partition, and repeats a failed call whole before anything later is handed out.
 */
export class Lane {
  private queue: LaneItem[] = [];
  private running = false;
  private stopped = false;
  private lastSize = 0;
  /** True while a failed call is being repeated. */
  retrying = false;

  constructor(private readonly options: LaneOptions) {}

  push(items: readonly LaneItem[]): void {
    for (const item of items) this.queue.push(item);
    if (!this.running && !this.stopped) void this.run();
  }

  /** Nothing is handed out any more. */
  stop(): void {
    this.stopped = true;
  }

  private async run(): Promise<void> {
    this.running = true;
    while (this.queue.length > 0 && !this.stopped) {
      await this.more();
      const batch = this.queue.splice(0, this.options.maxBatch);
      this.lastSize = batch.length;
      if (!(await this.callUntilDone(batch.map((item) => item.received)))) return;
      for (const item of batch) item.handled();
    }
    this.running = false;
  }

  /** Under load a moment; else only the rest of this turn, so that all partitions of one fetch come into one call. */
  private more(): Promise<void> {
    const { maxBatch, lingerMs } = this.options;
    const waitMs = this.queue.length < maxBatch ? lingerFor(this.lastSize, lingerMs) : 0;
    return waitMs > 0 ? pause(waitMs) : turn();
  }

  /**
   * False when it was given up: then the process ends, and this lane hands out nothing more. A `retriable` failure is repeated for as long
   * as it takes: a process that ended for a database that is away could not start either.
   */
  private async callUntilDone(received: Received[]): Promise<boolean> {
    for (let backoff = BACKOFF_MS.first; ; backoff = Math.min(backoff * 2, BACKOFF_MS.most)) {
      try {
        await this.options.handle(received);
        this.retrying = false;
        return true;
      } catch (error) {
        const { name, log } = this.options;
        if (this.stopped) return false;
        if (!isRetriable(error)) {
          this.stopped = true;
          const what = `the handler of ${name} failed on ${received.length} messages from ${placeOf(received[0])}`;
          this.options.onFatal(new Error(`${what}: ${messageOf(error)}`, { cause: error }));
          return false;
        }
        this.retrying = true;
        log.warn(
          { lane: name, messages: received.length },
          `handler failed, again in ${backoff} ms: ${messageOf(error)}`,
        );
        await pause(backoff);
      }
    }
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const isRetriable = (error: unknown): boolean => (error as { retriable?: unknown } | null)?.retriable === true;
const placeOf = (received: Received | undefined): string =>
  received ? `${received.topic}/${received.partition}@${received.offset}` : 'nowhere';
