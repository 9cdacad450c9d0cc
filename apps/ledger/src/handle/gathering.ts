/**
 * Gathers what arrives while the batch before is written. Under load it waits a little for fuller batches: nobody waits
 * for the ledger, and a batch of hundreds costs little more than one of ten.
 */

/** Messages of one transaction, and their bytes. */
export const MOST_A_BATCH = { items: 1_000, weight: 8 * 1024 * 1024 } as const;
/** A batch at least this full shows load. */
const BUSY = 50;
const CALM_LINGER_MS = 3;
const BUSY_LINGER_MS = 15;

export class Gathering<T> {
  private items: T[] = [];
  private wake: (() => void) | null = null;
  private closed = false;

  constructor(private readonly weightOf: (item: T) => number) {}

  push(items: readonly T[]): void {
    for (const item of items) this.items.push(item);
    this.wake?.();
  }

  /** Whether something is left behind the batch that was given last. */
  get hasMore(): boolean {
    return this.items.length > 0;
  }

  close(): void {
    this.closed = true;
    this.wake?.();
  }

  /**
   * Batches in order of arrival, until closed and empty.
   * @param dueMs when to give a batch although nothing came (an empty one), milliseconds from now, or null
   */
  async *batches(dueMs: () => number | null): AsyncGenerator<readonly T[], void, void> {
    for (let lingerMs = CALM_LINGER_MS; ;) {
      if (this.items.length === 0 && !this.closed) await this.untilWoken(dueMs());
      if (this.closed && this.items.length === 0) return;
      if (this.items.length > 0 && this.items.length < MOST_A_BATCH.items && !this.closed) await pause(lingerMs);
      const batch = this.items.splice(0, this.countOfNext());
      lingerMs = batch.length >= BUSY ? BUSY_LINGER_MS : CALM_LINGER_MS;
      yield batch;
    }
  }

  /** At least one: a single item is never too much. */
  private countOfNext(): number {
    const most = Math.min(this.items.length, MOST_A_BATCH.items);
    let weight = 0;
    for (let count = 0; count < most; count++) {
      weight += this.weightOf(this.items[count] as T);
      if (weight > MOST_A_BATCH.weight) return Math.max(count, 1);
    }
    return most;
  }

  private untilWoken(ms: number | null): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.wake = null;
        resolve();
      };
      const timer = ms === null ? undefined : setTimeout(done, ms);
      this.wake = done;
    });
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
