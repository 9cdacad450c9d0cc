import type { Admin, Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import type { Consumption, ConsumeOptions, RawMessage } from '../bus';
import { messageOf, type Log } from '../log';
import { lingerFor } from '../linger';
import { pause } from '../pause';
import { rawOf } from './fetched-record';
import { OffsetTracker } from './offset-tracker';
import { WallClock } from './wall-clock';
import { Watchdog } from './watchdog';

/** What one partition may have in flight before it is paused, and when it is resumed: bounds memory under overload. */
const MOST_IN_FLIGHT = { messages: 4_000, bytes: 24 * 1024 * 1024 };
const RESUME_BELOW = 0.5;
const COMMIT_EVERY_MS = 200;
const RESTARTS_PER_MINUTE = 20;

/** Big enough for a record of 1 MB on a topic that lets it in: what is too large must still be read to be parked. */
const MAX_BYTES_PER_PARTITION = 2 * 1024 * 1024;

/** Topic and partition in one string. */
const placeOf = (topic: string, partition: number): string => `${topic}/${partition}`;

/**
 * One group membership over one or more topics. Handing over is all that happens inside kafkajs's callback, so no topic or
 * partition waits for another's handler (trap K7); a partition with too much in flight is paused on its own.
 * Offsets follow the acceptance, every 200 ms, beside the path of the messages.
 */
export class KafkaConsumption implements Consumption {
  private readonly consumer: Consumer;
  private trackers = new Map<string, OffsetTracker>();
  private readonly paused = new Set<string>();
  private joined = false;
  private stopping = false;
  private committing: Promise<void> | null = null;
  private timer: NodeJS.Timeout | undefined;
  private restarts: number[] = [];
  private readonly pacer: Pacer;
  private readonly clock = new WallClock();
  private readonly watchdog: Watchdog;

  constructor(
    kafka: Kafka,
    admin: () => Promise<Admin>,
    private readonly options: ConsumeOptions,
    private readonly prefix: string,
    private readonly log: Log,
  ) {
    const groupId = prefix + options.groupId;
    const sessionTimeout = options.sessionMs ?? 10_000;
    this.consumer = kafka.consumer({
      groupId,
      sessionTimeout,
      heartbeatInterval: sessionTimeout * 0.3,
      rebalanceTimeout: 30_000,
      maxWaitTimeInMs: 100,
      minBytes: 1,
      maxBytesPerPartition: MAX_BYTES_PER_PARTITION,
      maxBytes: 16 * 1024 * 1024,
      allowAutoTopicCreation: false,
      retry: { retries: 8, initialRetryTime: 100, maxRetryTime: 2_000, restartOnFailure: () => this.mayRestart() },
    });
    this.pacer = new Pacer(options.paceMs ?? 8);
    const topics = options.topics.map((topic) => prefix + topic);
    this.watchdog = new Watchdog({ admin, groupId, topics, log, holdsBack: () => options.holdsBack?.() ?? false });
  }

  async start(): Promise<void> {
    const { GROUP_JOIN, CRASH } = this.consumer.events;
    this.consumer.on(GROUP_JOIN, ({ payload }) => this.onJoined(payload.memberAssignment));
    this.consumer.on(CRASH, ({ payload }) => {
      this.joined = false;
      if (!payload.restart) this.die(payload.error);
    });
    await this.consumer.connect();
    await this.consumer.subscribe({
      topics: this.options.topics.map((topic) => this.prefix + topic),
      fromBeginning: true,
    });
    await this.run();
    this.timer = setInterval(() => {
      void this.commit();
      if (this.clock.wasSetBack()) void this.rejoin();
    }, COMMIT_EVERY_MS);
    this.watchdog.start((error) => this.die(error));
  }

  private run(): Promise<void> {
    return this.consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      // Not for speed: so that all partitions of a fetch share one wait of the pacer.
      partitionsConsumedConcurrently: 64,
      eachBatch: (payload) => this.eachBatch(payload),
    });
  }

  /** kafkajs times its heartbeats by the wall clock: set back, it sends none until that has caught up. A new membership begins anew. */
  private async rejoin(): Promise<void> {
    const { groupId } = this.options;
    this.log.warn({ groupId }, 'the wall clock was set back: joining the group again');
    try {
      await this.consumer.stop();
      if (!this.stopping) await this.run();
    } catch (error) {
      this.die(error);
    }
  }

  isRunning(): boolean {
    return this.joined && !this.stopping;
  }

  async stop(graceMs = 10_000): Promise<void> {
    if (this.stopping) return;
    this.stopping = true;
    this.watchdog.stop();
    const deadline = performance.now() + graceMs;
    this.pauseAll();
    while (this.messagesInFlight() > 0 && performance.now() < deadline) await pause(10);
    clearInterval(this.timer);
    await this.committing;
    await this.commit();
    // A leave that hangs on a dead broker must not hold the process (trap K10): the session timeout does the same.
    await Promise.race([this.consumer.disconnect().catch(() => undefined), pause(3_000)]);
  }

  private onJoined(assignment: Record<string, number[]>): void {
    // From here on the committed offsets count: what is in flight comes again and is known by its id.
    this.trackers = new Map();
    for (const [topic, partitions] of Object.entries(assignment)) {
      for (const partition of partitions) this.trackers.set(placeOf(topic, partition), new OffsetTracker());
    }
    for (const place of this.paused) this.resume(place);
    this.joined = true;
    this.watchdog.assigned(assignment);
  }

  private async eachBatch({ batch, resolveOffset, isRunning, isStale }: EachBatchPayload): Promise<void> {
    const place = placeOf(batch.topic, batch.partition);
    const tracker = this.trackers.get(place);
    if (this.stopping || !tracker || !isRunning() || isStale()) return;
    const topic = batch.topic.slice(this.prefix.length);
    const messages = batch.messages.map((message) => rawOf(topic, batch.partition, message));
    this.handOver(place, tracker, messages, batch.lastOffset());
    resolveOffset(batch.lastOffset());
    await this.pacer.after(messages.length);
  }

  private handOver(place: string, tracker: OffsetTracker, messages: RawMessage[], lastOffset: string): void {
    const ticket = tracker.begin(lastOffset, messages.length, bytesOf(messages));
    try {
      this.options.onBatch(messages).accepted.then(
        () => {
          tracker.finish(ticket);
          if (this.paused.has(place) && !overfull(tracker, RESUME_BELOW)) this.resume(place);
        },
        (error: unknown) => this.die(error),
      );
    } catch (error) {
      this.die(error);
    }
    if (overfull(tracker, 1)) this.pausePlace(place);
  }

  /** Commits what is accepted; what fails is dirty still and goes with the next tick. */
  private commit(): Promise<void> {
    this.committing ??= this.commitNow().finally(() => {
      this.committing = null;
    });
    return this.committing;
  }

  private async commitNow(): Promise<void> {
    const dirty: { tracker: OffsetTracker; topic: string; partition: number; offset: string }[] = [];
    for (const [place, tracker] of this.trackers) {
      const offset = tracker.toCommit();
      const cut = place.lastIndexOf('/');
      if (offset !== null)
        dirty.push({ tracker, topic: place.slice(0, cut), partition: Number(place.slice(cut + 1)), offset });
    }
    if (dirty.length === 0) return;
    try {
      await this.consumer.commitOffsets(dirty.map(({ topic, partition, offset }) => ({ topic, partition, offset })));
      for (const { tracker, offset } of dirty) tracker.committed(offset);
    } catch (error) {
      this.log.debug({ groupId: this.options.groupId }, `offsets not committed, again later: ${messageOf(error)}`);
    }
  }

  private messagesInFlight(): number {
    let messages = 0;
    for (const tracker of this.trackers.values()) messages += tracker.inFlight().messages;
    return messages;
  }

  private pausePlace(place: string): void {
    this.paused.add(place);
    this.consumer.pause([partitionOf(place)]);
  }

  private resume(place: string): void {
    this.paused.delete(place);
    if (!this.stopping) this.consumer.resume([partitionOf(place)]);
  }

  private pauseAll(): void {
    try {
      this.consumer.pause([...this.trackers.keys()].map(partitionOf));
    } catch {
      // Not running: there is nothing to pause.
    }
  }

  private async mayRestart(): Promise<boolean> {
    const now = performance.now();
    this.restarts = this.restarts.filter((at) => now - at < 60_000).concat(now);
    return !this.stopping && this.restarts.length <= RESTARTS_PER_MINUTE;
  }

  private die(error: unknown): void {
    if (this.stopping) return;
    this.joined = false;
    const { groupId } = this.options;
    this.options.onDead(new Error(`the consumption of ${groupId} is dead: ${messageOf(error)}`, { cause: error }));
  }
}

/** Spaces fetches while much arrives, so that each brings more: one long poll costs the same for one message or for fifty. */
class Pacer {
  /** Moving average of the messages of one partition's batch. */
  private size = 1;
  private waiting: Promise<void> | null = null;

  constructor(private readonly paceMs: number) {}

  after(messages: number): Promise<void> | undefined {
    this.size += (messages - this.size) / SIZES_REMEMBERED;
    const waitMs = lingerFor(this.size * PARTITIONS_OF_A_FETCH, this.paceMs);
    if (waitMs === 0) return undefined;
    this.waiting ??= pause(waitMs).then(() => {
      this.waiting = null;
    });
    return this.waiting;
  }
}

const SIZES_REMEMBERED = 16;
/** What one fetch typically brings: a batch from most partitions of a topic. */
const PARTITIONS_OF_A_FETCH = 2;

function partitionOf(place: string): { topic: string; partitions: number[] } {
  const cut = place.lastIndexOf('/');
  return { topic: place.slice(0, cut), partitions: [Number(place.slice(cut + 1))] };
}

function overfull(tracker: OffsetTracker, share: number): boolean {
  const { messages, bytes } = tracker.inFlight();
  return messages > MOST_IN_FLIGHT.messages * share || bytes > MOST_IN_FLIGHT.bytes * share;
}

function bytesOf(messages: readonly RawMessage[]): number {
  let bytes = 0;
  for (const message of messages) bytes += message.value?.length ?? 0;
  return bytes;
}
