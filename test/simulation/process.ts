/** One life of a simulated process: after a crash its object is dead for ever, and a new one takes its place. */
export class SimProcess {
  alive = true;
  /** Virtual milliseconds. */
  pausedUntil = 0;
  /** How wrong its wall clock is. */
  wallOffsetMs = 0;
  private readonly deathWatch = new Set<() => void>();
  private readonly pauseWatch: ((forMs: number) => void)[] = [];

  constructor(
    readonly name: string,
    /** Which life this is, from 1. */
    readonly life: number,
  ) {}

  /** What the rest of the world does when it dies: connections close. Returns what ends the watch. */
  onDeath(then: () => void): () => void {
    this.deathWatch.add(then);
    return () => void this.deathWatch.delete(then);
  }

  onPause(then: (forMs: number) => void): void {
    this.pauseWatch.push(then);
  }

  die(): void {
    if (!this.alive) return;
    this.alive = false;
    for (const then of this.deathWatch) then();
    this.deathWatch.clear();
  }

  /** SIGSTOP now, SIGCONT then. */
  pause(nowMs: number, forMs: number): void {
    this.pausedUntil = Math.max(this.pausedUntil, nowMs + forMs);
    for (const then of this.pauseWatch) then(forMs);
  }
}

/** What a dead process awaits. */
export const never = <T>(): Promise<T> => new Promise(() => undefined);
