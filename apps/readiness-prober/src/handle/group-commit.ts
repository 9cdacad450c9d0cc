/**
 * Puts what arrives at the same time into one commit. One commit is under way at a time; what arrives meanwhile is the
 * next one. While commits are small they start at once; once they are full, a short wait makes them fuller
 * (performance rule 1).
 */
export interface GroupCommitOptions<T> {
  commit(items: readonly T[]): Promise<void>;
  /** Most items in one commit. Default 500: what one multi-row statement takes well. */
  readonly maxItems?: number;
}

const FULL_ITEMS = 32;
const WAIT_MS = 2;

interface Waiting<T> {
  readonly item: T;
  readonly done: (error?: unknown) => void;
}

export class GroupCommit<T> {
  private queue: Waiting<T>[] = [];
  private running: Promise<void> | null = null;
  private lastSize = 0;

  constructor(private readonly options: GroupCommitOptions<T>) {}

  /** Resolves once every item is committed, rejects with the first commit's error that failed one of them. */
  async submit(items: readonly T[]): Promise<void> {
    const all = items.map(
      (item) =>
        new Promise<void>((resolve, reject) => {
          const done = (error?: unknown): void => (error === undefined ? resolve() : reject(error as Error));
          this.queue.push({ item, done });
        }),
    );
    this.running ??= this.run().finally(() => {
      this.running = null;
    });
    await Promise.all(all);
  }

  /** Resolves when nothing is waiting any more. */
  async idle(): Promise<void> {
    while (this.running) await this.running;
  }

  private async run(): Promise<void> {
    await Promise.resolve();
    while (this.queue.length > 0) {
      if (this.lastSize >= FULL_ITEMS) await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
      const batch = this.queue.splice(0, this.options.maxItems ?? 500);
      this.lastSize = batch.length;
      const error = await this.commit(batch);
      for (const { done } of batch) done(error);
    }
  }

  private async commit(batch: readonly Waiting<T>[]): Promise<unknown> {
    try {
      await this.options.commit(batch.map(({ item }) => item));
      return undefined;
    } catch (error) {
      return error ?? new Error('commit failed');
    }
  }
}
