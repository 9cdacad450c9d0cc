import type { Consumption, EventBus, RawMessage } from '../src';

/** Everything a test consumer was handed, by message id, in order of arrival. */
export class Account {
  readonly raws: RawMessage[] = [];
  private readonly times = new Map<string, number>();

  take(batch: readonly RawMessage[]): void {
    for (const raw of batch) {
      this.raws.push(raw);
      const id = raw.headers.ce_id ?? '';
      this.times.set(id, (this.times.get(id) ?? 0) + 1);
    }
  }
  distinct(): number {
    return this.times.size;
  }
  repeated(): number {
    return this.raws.length - this.times.size;
  }
  /** Ids of one key in the order of their first arrival. */
  firstsOf(key: string): string[] {
    return [...new Set(this.raws.filter((raw) => raw.key === key).map((raw) => raw.headers.ce_id ?? ''))];
  }
}

/** Consumes into an account and accepts at once. */
export const consumeInto = (
  bus: EventBus,
  account: Account,
  groupId: string,
  topics: readonly string[],
): Promise<Consumption> =>
  bus.consume({
    groupId,
    topics,
    onBatch: (batch) => {
      account.take(batch);
      return { accepted: Promise.resolve() };
    },
    onDead: (error) => {
      throw error;
    },
  });

export async function until(fact: () => boolean | Promise<boolean>, what: string, withinMs = 20_000): Promise<void> {
  for (const deadline = performance.now() + withinMs; !(await fact());) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
