import type { Pending } from './pending';

export interface TickerPorts {
  /** Ids of sequences whose time has come by `nowMs` (Unix milliseconds). */
  due(nowMs: number, limit: number): Promise<string[]>;
  submit(items: readonly Pending[]): Promise<void>;
  now(): number;
  onError(error: unknown): void;
}

const EVERY_MS = 250;
const MOST = 500;

/** Turns the table of due times into inputs: a deadline is a message too. */
export class ClockTicker {
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly ports: TickerPorts) {}

  start(): void {
    this.timer = setTimeout(() => {
      this.running = this.tick()
        .catch((error: unknown) => this.ports.onError(error))
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
    const due = await this.ports.due(this.ports.now(), MOST);
    await this.ports.submit(due.map((sequenceId) => ({ sequenceId, eventId: null, input: { kind: 'clock-reached' } })));
  }
}
