import { DatabaseError, SeatTaken } from '@causeway/persistence';
import type { Pending, PendingInput } from './pending';

export interface TickerPorts {
  /** Ids of sequences whose time has come by `nowMs` (Unix milliseconds). */
  due(nowMs: number, limit: number): Promise<string[]>;
  submit(items: readonly Pending[]): Promise<void>;
  now(): number;
  /** @param sequenceId the only sequence that could not be decided; null: the look itself failed */
  onError(error: unknown, sequenceId: string | null): void;
}

const EVERY_MS = 250;
const MOST = 500;
/** A sequence that could not be decided is looked at again after this. */
const AGAIN_AFTER_MS = 60_000;

/**
 * Turns the table of due times into inputs: a deadline is a message too. A sequence that cannot be decided stops no other: what fails as a
 * batch is looked at one by one, and who fails alone is left out for a while.
 */
export class ClockTicker {
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> = Promise.resolve();
  /** Sequences that failed, and until when they are left out, Unix milliseconds. */
  private readonly leftOut = new Map<string, number>();

  constructor(private readonly ports: TickerPorts) {}

  start(): void {
    this.timer = setTimeout(() => {
      this.running = this.tick()
        .catch((error: unknown) => this.ports.onError(error, null))
        .then(() => {
          if (this.timer) this.start();
        });
    }, EVERY_MS);
  }

  async stop(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    await this.running;
  }

  private async tick(): Promise<void> {
    const nowMs = this.ports.now();
    for (const [id, until] of this.leftOut) if (until <= nowMs) this.leftOut.delete(id);
    const due = await this.ports.due(nowMs, MOST + this.leftOut.size);
    const items = due.filter((id) => !this.leftOut.has(id)).map(lookAt);
    try {
      await this.ports.submit(items);
    } catch (error) {
      if (!mayBeOfOne(error)) throw error;
      for (const item of items) await this.submitAlone(item, nowMs);
    }
  }

  private async submitAlone(item: PendingInput, nowMs: number): Promise<void> {
    try {
      await this.ports.submit([item]);
    } catch (error) {
      if (!mayBeOfOne(error)) throw error;
      this.leftOut.set(item.sequenceId, nowMs + AGAIN_AFTER_MS);
      this.ports.onError(error, item.sequenceId);
    }
  }
}

const lookAt = (sequenceId: string): PendingInput => ({ sequenceId, eventId: null, input: { kind: 'clock-reached' } });

/** A database that is away, or a seat that is another's, has nothing to do with any sequence. */
const mayBeOfOne = (error: unknown): boolean => !(error instanceof DatabaseError || error instanceof SeatTaken);
