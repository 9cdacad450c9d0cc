import type { TopicSettings } from '@causeway/contracts';
import {
  type BrokerContact,
  SendFailed,
  type Consumption,
  type ConsumeOptions,
  type EventBus,
  type RawMessage,
  type Sealed,
  type Watermark,
} from '@causeway/messaging';
import type { Twin } from '../calls';
import { callOut, faultOf, type Ground } from '../ports';
import type { SimProcess } from '../process';
import { Dice } from '../time/dice';
import { EPOCH_MS } from '../time/timers';
import { SimGroup } from './sim-group';

/** Partitions of a topic here: enough for two consumers and for reordering between keys. */
const MOST_PARTITIONS = 3;

/**
 * The broker: topics of partitions, append only; groups that read them. Keeps the order within a partition and nothing else.
 */
export class SimBroker {
  readonly topics = new Map<string, RawMessage[][]>();
  awayUntil = 0;
  /** Told about every message that was stored. */
  onStored: (raw: RawMessage) => void = () => undefined;
  private readonly groups = new Map<string, SimGroup>();
  private readonly readers = new Map<string, SimGroup[]>();

  constructor(
    readonly ground: Ground,
    settings: readonly TopicSettings[],
  ) {
    for (const { name, partitions } of settings)
      this.topics.set(
        name,
        Array.from({ length: Math.min(partitions, MOST_PARTITIONS) }, () => []),
      );
  }

  isAway(): boolean {
    const { time, faults, dice } = this.ground;
    if (faults.strikes('broker-away')) this.awayUntil = time.now + dice.between(500, 15_000);
    return time.now < this.awayUntil;
  }

  partition(topic: string, partition: number): RawMessage[] {
    return (this.topics.get(topic) as RawMessage[][])[partition] as RawMessage[];
  }

  partitionOf(topic: string, key: string): number {
    const all = this.topics.get(topic);
    if (!all) throw new Error(`the simulated broker has no topic ${topic}`);
    let hash = 7;
    for (let i = 0; i < key.length; i++) hash = (Math.imul(hash, 31) + key.charCodeAt(i)) >>> 0;
    return hash % all.length;
  }

  store(message: Pick<RawMessage, 'topic' | 'key' | 'value' | 'headers'>): void {
    const partition = this.partitionOf(message.topic, message.key ?? '');
    const log = this.partition(message.topic, partition);
    const { topic, key, value, headers } = message;
    const timestampMs = EPOCH_MS + this.ground.time.now;
    const raw: RawMessage = { topic, partition, offset: String(log.length), key, value, headers, timestampMs };
    log.push(raw);
    for (const group of this.readers.get(topic) ?? []) group.arrived(topic, partition);
    this.onStored(raw);
  }

  group(groupId: string): SimGroup {
    const there = this.groups.get(groupId);
    if (there) return there;
    const made = new SimGroup(this, new Dice(this.groups.size, `${groupId} group`));
    this.groups.set(groupId, made);
    return made;
  }

  readBy(topic: string, group: SimGroup): void {
    const readers = this.readers.get(topic) ?? [];
    if (!readers.includes(group)) this.readers.set(topic, [...readers, group]);
  }

  /** A process's connection to it. */
  open(process: SimProcess): EventBus {
    return new SimBus(this, process);
  }
}

class SimBus implements EventBus {
  constructor(
    private readonly broker: SimBroker,
    private readonly process: SimProcess,
  ) {}

  send(messages: readonly Sealed[]): Promise<void> {
    const { ground } = this.broker;
    const away = this.broker.isAway();
    const latencyMs = away ? 1_000 : ground.dice.between(1, 6);
    const outgoing = { process: this.process, kind: 'send', of: topicsOf(messages) };
    return callOut(ground, outgoing, latencyMs, ({ twin }) => this.sendNow(messages, away, twin));
  }

  consume(options: ConsumeOptions): Promise<Consumption> {
    const { ground } = this.broker;
    const outgoing = { process: this.process, kind: 'consume', of: options.groupId };
    return callOut(ground, outgoing, ground.dice.between(1, 6), ({ twin }) => {
      if (twin === 'not-done') throw new SendFailed('the broker does not answer', true, false);
      const leave = this.broker.group(options.groupId).join(this.process, options);
      if (twin) throw new SendFailed('the answer of the broker was lost', true, false);
      return { isRunning: () => this.process.alive, stop: () => Promise.resolve(leave()) };
    });
  }

  ensureTopics(): Promise<void> {
    return Promise.resolve();
  }

  watermarks(topics: readonly string[]): Promise<Map<string, Watermark[]>> {
    const { ground } = this.broker;
    const outgoing = { process: this.process, kind: 'watermarks', of: 'topics' };
    return callOut(ground, outgoing, ground.dice.between(1, 6), ({ twin }) => {
      if (twin) throw new SendFailed('the broker does not answer', true, false);
      const of = (topic: string): Watermark[] =>
        (this.broker.topics.get(topic) as RawMessage[][]).map((log, partition) => ({
          partition,
          start: 0n,
          end: BigInt(log.length),
        }));
      return new Map(topics.map((topic) => [topic, of(topic)]));
    });
  }

  contact(): BrokerContact {
    return { trouble: null, restarts: 0 };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** A produce request is taken whole or not at all for each partition. */
  private sendNow(messages: readonly Sealed[], away: boolean, twin: Twin | null): void {
    const { ground } = this.broker;
    const { dice } = ground;
    const fault = away ? 'send-lost' : faultOf(ground, twin, 'send-lost', 'send-done-answer-lost', 'send-done-in-part');
    const lost = new Set<string>();
    const placeOf = ({ topic, key }: Sealed): string => `${topic}/${this.broker.partitionOf(topic, key)}`;
    if (fault === 'send-done-in-part') for (const message of messages) if (dice.chance(0.5)) lost.add(placeOf(message));
    for (const message of messages)
      if (fault !== 'send-lost' && !lost.has(placeOf(message))) this.broker.store(message);
    if (fault) throw new SendFailed(fault, true, false);
  }
}

const topicsOf = (messages: readonly Sealed[]): string =>
  [...new Set(messages.map(({ topic }) => topic))].sort().join(' ');
