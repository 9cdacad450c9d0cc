import type { Json, Observer, SeenMutation, Sweep } from '@causeway/executor-sdk';

/**
 * Follows an observer in a test as the host does: the cursor goes through JSON, what came before is dropped by its source id, and
 * a sweep that failed is made again from the same cursor.
 */
export class Follower {
  readonly seen: SeenMutation[] = [];
  readonly gaps: NonNullable<Sweep['gap']>[] = [];
  /** How often a mutation came that had come before. */
  repeated = 0;
  private cursor: Json = null;
  private readonly ids = new Set<string>();

  constructor(private observer: Observer) {}

  async begin(): Promise<void> {
    this.cursor = stored(await this.observer.begin(aSignal()));
  }

  /** What is new. */
  async sweep(): Promise<SeenMutation[]> {
    const { mutations, cursor, gap } = await this.observer.sweep(this.cursor, aSignal());
    const fresh = mutations.filter(({ source }) => !this.ids.has(source.id));
    for (const { source } of fresh) this.ids.add(source.id);
    this.seen.push(...fresh);
    this.repeated += mutations.length - fresh.length;
    if (gap) this.gaps.push(gap);
    this.cursor = stored(cursor);
    return fresh;
  }

  /** Sweeps until so many mutations were seen in all, failed sweeps again. Rejects after so many milliseconds, saying what was seen. */
  async until(count: number, withinMs: number): Promise<SeenMutation[]> {
    const deadline = performance.now() + withinMs;
    let failure: unknown = null;
    while (this.seen.length < count) {
      if (performance.now() > deadline)
        throw new Error(`saw ${this.seen.length} of ${count} mutations within ${withinMs} ms; ${String(failure)}`);
      await this.sweep().catch((error: unknown) => (failure = error));
      await new Promise((resolve) => setTimeout(resolve, this.observer.everyMs));
    }
    return this.seen;
  }

  /** Another process goes on from the stored cursor. */
  handOver(observer: Observer): void {
    this.observer = observer;
  }
}

const stored = (cursor: Json): Json => JSON.parse(JSON.stringify(cursor)) as Json;

const aSignal = (): AbortSignal => new AbortController().signal;
