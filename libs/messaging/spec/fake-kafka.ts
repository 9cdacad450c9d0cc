import type { EachBatchPayload, Kafka } from 'kafkajs';

type Listener = (event: { payload: unknown }) => void;

const EVENTS = { GROUP_JOIN: 'join', HEARTBEAT: 'heartbeat', CRASH: 'crash', END_BATCH_PROCESS: 'batch-end' };

/** What a consumer meets when it connects. */
export type Fate = Error | 'joins' | 'hangs';

/** A consumer of kafkajs as we see it from outside: what it is asked is noted, and what it tells is the test's to say. */
export class FakeConsumer {
  readonly events = EVENTS;
  readonly committed: string[] = [];
  isConnected = true;
  private readonly listeners = new Map<string, Listener>();
  private eachBatch: (payload: EachBatchPayload) => Promise<void> = () => Promise.resolve();

  constructor(private readonly fate: Fate) {}

  on(event: string, listener: Listener): void {
    this.listeners.set(event, listener);
  }
  connect(): Promise<void> {
    if (this.fate === 'hangs') return new Promise(() => undefined);
    return this.fate === 'joins' ? Promise.resolve() : Promise.reject(this.fate);
  }
  subscribe(): Promise<void> {
    return Promise.resolve();
  }
  run({ eachBatch }: { eachBatch: (payload: EachBatchPayload) => Promise<void> }): Promise<void> {
    this.eachBatch = eachBatch;
    this.tells('join', { memberAssignment: { topic: [0] } });
    return Promise.resolve();
  }
  stop(): Promise<void> {
    return Promise.resolve();
  }
  disconnect(): Promise<void> {
    this.isConnected = false;
    return Promise.resolve();
  }
  pause(): void {
    if (!this.isConnected) throw new Error('kafkajs has no group to pause');
  }
  resume(): void {
    if (!this.isConnected) throw new Error('kafkajs has no group to resume');
  }
  commitOffsets(offsets: readonly { offset: string }[]): Promise<void> {
    this.committed.push(...offsets.map(({ offset }) => offset));
    return Promise.resolve();
  }

  /** As kafkajs does when it has given up: it does not start again by itself. */
  crashes(error: Error): void {
    this.tells('crash', { error, restart: false });
  }
  beats(): void {
    this.tells('heartbeat', {});
  }
  brings(offset: number, count = 1): Promise<void> {
    const one = { offset: String(offset), key: null, value: Buffer.from('{}'), headers: {}, timestamp: '0' };
    const batch = {
      ...{ topic: 'topic', partition: 0, messages: Array.from({ length: count }, () => one) },
      firstOffset: () => String(offset),
      lastOffset: () => String(offset),
    };
    const payload = { batch, resolveOffset: () => undefined, isRunning: () => true, isStale: () => false };
    return this.eachBatch(payload as unknown as EachBatchPayload);
  }

  /** As kafkajs does with what is only aborted transactions: nobody is handed anything. */
  passesOver(lastOffset: number): void {
    this.tells('batch-end', { topic: 'topic', partition: 0, batchSize: 0, lastOffset: String(lastOffset) });
  }

  private tells(event: string, payload: unknown): void {
    this.listeners.get(event)?.({ payload });
  }
}

/** Makes a consumer for every client that is asked for: each meets the next of the planned fates, and afterwards they join. */
export class FakeKafka {
  readonly consumers: FakeConsumer[] = [];
  constructor(private readonly fates: Fate[] = []) {}

  client(): Kafka {
    const consumer = (): FakeConsumer => {
      const made = new FakeConsumer(this.fates.shift() ?? 'joins');
      this.consumers.push(made);
      return made;
    };
    return { consumer } as unknown as Kafka;
  }

  newest(): FakeConsumer {
    return this.consumers.at(-1) as FakeConsumer;
  }
}
