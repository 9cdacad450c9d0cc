import type { Clock } from '@causeway/host';

/** One timer: wakes its owner at the next moment worth acting, and once for everything that happens in the same moment. */
export class Alarm {
  private timer: NodeJS.Timeout | null = null;
  private isSoon = false;
  private stopped = false;

  constructor(
    private readonly clock: Clock,
    private readonly wake: () => void,
  ) {}

  /** @param atMs monotonic milliseconds; replaces the moment set before */
  at(atMs: number): void {
    if (this.timer) clearTimeout(this.timer);
    if (this.stopped) return;
    const inMs = Math.max(1, Math.ceil(atMs - this.clock.monotonic()));
    this.timer = setTimeout(this.wake, inMs);
  }

  soon(): void {
    if (this.isSoon || this.stopped) return;
    this.isSoon = true;
    setImmediate(() => {
      this.isSoon = false;
      if (!this.stopped) this.wake();
    });
  }

  stop(): void {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
  }
}
