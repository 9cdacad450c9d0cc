import { SendFailed, type BrokerContact, type EventBus, type OutboxRow, type OutboxStore, type Sealed } from '../src';

/** A broker whose answers are planned: each send takes the next of the plan; after the plan all goes well. */
export class PlannedBus implements EventBus {
  readonly log: string[] = [];
  readonly stored: Sealed[] = [];
  largestSend = 0;
  private sending = 0;
  /** `lost`: stored, the answer lost. `failed`: not stored. `refused`: the broker will not take these keys, and stores the rest of the request. */
  constructor(
    private readonly plan: ('ok' | 'lost' | 'failed')[] = [],
    private readonly refusedKeys: Set<string> = new Set(),
  ) {}

  async send(messages: readonly Sealed[]): Promise<void> {
    if (++this.sending > 1) throw new Error('two sends at once');
    this.largestSend = Math.max(this.largestSend, messages.length);
    const answer = this.plan.shift() ?? 'ok';
    await new Promise((resolve) => setImmediate(resolve));
    this.sending--;
    const taken = messages.filter(({ key }) => !this.refusedKeys.has(key));
    if (taken.length < messages.length) {
      this.stored.push(...taken);
      throw new SendFailed('refused', true, true);
    }
    if (answer !== 'failed') this.stored.push(...messages);
    this.log.push(`${answer} ${messages.map((message) => message.id).join(',')}`);
    if (answer !== 'ok') throw new SendFailed(answer, true, false);
  }
  consume(): never {
    throw new Error('not planned');
  }
  ensureTopics(): Promise<void> {
    return Promise.resolve();
  }
  watermarks(): Promise<Map<string, never[]>> {
    return Promise.resolve(new Map());
  }
  contact(): BrokerContact {
    return { trouble: null, restarts: 0 };
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** An outbox in memory. A row is there from `commit` on, as it is from a transaction's commit on in the table. */
export class MemoryOutbox implements OutboxStore<null> {
  readonly rows = new Map<string, Sealed>();
  failures = 0;
  /** How long a look takes; with one, rows of any age are found. */
  readingMs = 0;
  reading = false;
  private next = 1;
  private tellDoubt: () => void = () => undefined;

  commit(...messages: Sealed[]): OutboxRow[] {
    return messages.map((sealed) => {
      const place = String(this.next++);
      this.rows.set(place, sealed);
      return { place, sealed };
    });
  }
  insert(_: null, messages: readonly Sealed[]): Promise<OutboxRow[]> {
    return Promise.resolve(this.commit(...messages));
  }
  async pending(limit: number, olderThanMs: number): Promise<OutboxRow[]> {
    this.failIfPlanned();
    if (olderThanMs > 0 && this.readingMs === 0) return [];
    const found = [...this.rows].slice(0, limit).map(([place, sealed]) => ({ place, sealed }));
    if (this.readingMs === 0) return found;
    this.reading = true;
    await new Promise((resolve) => setTimeout(resolve, this.readingMs));
    this.reading = false;
    return found;
  }
  async deleteSent(places: readonly string[]): Promise<void> {
    this.failIfPlanned();
    places.forEach((place) => this.rows.delete(place));
  }
  onCommitInDoubt(listener: () => void): void {
    this.tellDoubt = listener;
  }
  /** A commit whose answer was lost: its rows are there, and nobody will enqueue them. */
  commitInDoubt(...messages: Sealed[]): void {
    this.commit(...messages);
    this.tellDoubt();
  }
  private failIfPlanned(): void {
    if (this.failures-- > 0) throw new Error('the database is away');
  }
}
