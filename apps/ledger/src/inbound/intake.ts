import {
  deadLetterDraft,
  openRaw,
  Parking,
  seal,
  SendFailed,
  type Consumption,
  type Door,
  type EventBus,
  type Log,
  type Opened,
  type RawMessage,
  type Received,
} from '@causeway/messaging';
import { newEventId, type Signer } from '@causeway/signing';
import type { Generations } from '../handle/generations';
import type { EventArrival, ParkedArrival, Place } from '../handle/ports';

export interface IntakeOptions {
  readonly bus: EventBus;
  readonly door: Door;
  /** Signs dead letters. */
  readonly signer: Signer;
  /** Logical names: all governed topics and all dead-letter topics. */
  readonly topics: readonly string[];
  readonly generations: Pick<Generations, 'told' | 'placed'>;
  readonly writer: { take(arrivals: readonly (EventArrival | ParkedArrival)[]): Promise<void> };
  readonly log: Log;
  /** Unix milliseconds. */
  now(): number;
  pause(ms: number): Promise<void>;
  /** The writer tries again and again, or has no room for what runs ahead: a standing offset is no sign of death. */
  holdsBack(): boolean;
  onFatal(error: Error): void;
}

export const GROUP = 'ledger';
/** Fetches apart under load, milliseconds: nobody waits for the ledger, and a fuller batch is a cheaper one. */
const PACE_MS = 10;
/** Who takes over waits for the dead one's membership to end: the shortest that brokers allow. */
const SESSION_MS = 6_000;

/**
 * Takes every message of every topic through the one door, and hands over both what passed and what did not: each place has to be
 * accounted for. One group over all topics, without a handler a topic, because they share one order.
 */
export class Intake {
  private consumption: Consumption | null = null;
  private stopping = false;
  private readonly parking: Parking;

  constructor(private readonly options: IntakeOptions) {
    this.parking = new Parking({ ...options, pause: (ms) => options.pause(ms), isOver: () => this.stopping });
  }

  async start(): Promise<void> {
    const { bus, topics, onFatal, holdsBack, generations } = this.options;
    this.consumption = await bus.consume({
      groupId: GROUP,
      topics,
      paceMs: PACE_MS,
      sessionMs: SESSION_MS,
      onBatch: (batch) => ({ accepted: this.take(batch) }),
      onGenerations: (ids) => generations.told(ids),
      onDead: onFatal,
      holdsBack: () => holdsBack() || this.parking.isRepeating(),
    });
  }

  isReady(): boolean {
    return this.consumption?.isRunning() ?? false;
  }

  async stop(graceMs?: number): Promise<void> {
    this.stopping = true;
    await this.consumption?.stop(graceMs);
  }

  private async take(batch: readonly RawMessage[]): Promise<void> {
    const { door, writer, generations } = this.options;
    const events: EventArrival[] = [];
    const parked: ParkedArrival[] = [];
    for (const met of batch) {
      const raw = generations.placed(met);
      const opened = openRaw(raw, door);
      if (opened.kind === 'message') events.push(arrivalOf(opened.received));
      else parked.push(this.refused(raw, opened));
    }
    // Events first and without waiting: the next batch of this partition must not overtake them.
    await Promise.all([writer.take(events), this.park(parked)]);
  }

  private refused(
    { topic, partition, offset }: Place,
    { deadLetter }: Extract<Opened, { kind: 'parked' }>,
  ): ParkedArrival {
    const { reason, detail } = deadLetter;
    this.options.log.warn({ topic, partition, offset, reason }, `message parked: ${detail}`);
    return { kind: 'parked', place: { topic, partition, offset }, deadLetter, tickets: [] };
  }

  /** The dead letters go first: a place that is counted as parked has been told to whoever looks after it. */
  private async park(parked: readonly ParkedArrival[]): Promise<void> {
    if (parked.length === 0) return;
    const { signer, now, writer } = this.options;
    const letters = seal(
      parked.map(({ deadLetter }) => deadLetterDraft(deadLetter)),
      { signer, now, newId: newEventId },
    );
    // Never counted as accepted: the next start takes these places again.
    if (!(await this.parking.send(letters))) throw new SendFailed('stopped before the dead letters', true, false);
    await writer.take(parked);
  }
}

/** What is kept of a message while it waits, beside its bytes. */
const WEIGHT_OF_THE_REST = 2_000;

export function arrivalOf(received: Received): EventArrival {
  const { message, topic, partition, offset, key, bytes } = received;
  return {
    kind: 'event',
    id: message.id,
    causes: message.causationIds,
    line: key === null ? null : `${topic}\n${key}`,
    weight: bytes.length + WEIGHT_OF_THE_REST,
    place: { topic, partition, offset },
    received,
    tickets: [],
  };
}
