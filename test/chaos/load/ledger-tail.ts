import { RECORD_TYPE, topicNames, type Entries, type EvolutionRecord, type Message } from '@causeway/contracts';
import type { LedgerEntry } from '@causeway/ledger-core';
import { createKafkaBus, type EventBus, type RawMessage } from '@causeway/messaging';
import { SERVICES, type ServiceName } from '../faults/points';

export interface TailOptions {
  readonly brokers: string;
  readonly prefix: string;
  onFact(sequenceId: string, fact: EvolutionRecord): void;
  /** A service made a message at this time, and it is in the ledger. */
  onWork(service: ServiceName, madeAt: number): void;
}

/** What the ledger tells, entry by entry, as any subscriber hears it. */
export class LedgerTail {
  private bus: EventBus | null = null;
  private ended = false;
  private next = 0;
  private lives = 0;
  /** Unix ms of the newest entry. */
  newestAt = 0;

  constructor(private readonly options: TailOptions) {}

  get entries(): number {
    return this.next;
  }

  async start(): Promise<void> {
    const { brokers, prefix } = this.options;
    const bus = createKafkaBus({ brokers: brokers.split(','), clientId: 'chaos-tail', prefix });
    this.bus = bus;
    await bus.consume({
      // A group of its own each time: it reads from the start, and knows by the index what it has had.
      groupId: `chaos-tail-${++this.lives}`,
      topics: [topicNames.ledger],
      onBatch: (batch) => ({ accepted: this.take(batch) }),
      onDead: () => void this.restart(),
    });
  }

  async close(): Promise<void> {
    this.ended = true;
    await this.bus?.close();
  }

  private async restart(): Promise<void> {
    if (this.ended) return;
    await this.bus?.close().catch(() => undefined);
    await this.start().catch(() => this.restart());
  }

  private take(batch: readonly RawMessage[]): Promise<void> {
    for (const { value } of batch) {
      for (const entry of (JSON.parse(value?.toString('utf8') ?? '') as Entries).data.entries) {
        if (entry.data.index !== this.next) continue;
        this.next++;
        this.tell(entry);
      }
    }
    return Promise.resolve();
  }

  private tell({ time, data }: LedgerEntry): void {
    const message = JSON.parse(data.value) as Message;
    this.newestAt = Date.parse(time);
    this.options.onWork('ledger', this.newestAt);
    const made = SERVICES.find((service) => `/${service}` === message.source);
    if (made && made !== 'console') this.options.onWork(made, Date.parse(message.time));
    if (message.type !== RECORD_TYPE) return;
    for (const fact of message.data.records) this.options.onFact(message.data.sequenceId, fact);
  }
}
