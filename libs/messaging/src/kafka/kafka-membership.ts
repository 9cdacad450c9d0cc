import type { Consumer, ConsumerEndBatchProcessEvent, EachBatchPayload, Kafka } from 'kafkajs';
import type { Handed, RawMessage } from '../bus';
import { messageOf, type Log } from '../log';
import { pause } from '../pause';
import { withDeadline } from './deadline';
import type { FetchPacer } from './fetch-pacer';
import { rawOf } from './fetched-record';
import { OffsetTracker } from './offset-tracker';
import type { TopicGenerations } from './topic-generations';

/** What one partition may have in flight before it is paused, and when it is resumed: bounds memory under overload. */
const MOST_IN_FLIGHT = { messages: 4_000, bytes: 24 * 1024 * 1024 };
const RESUME_BELOW = 0.5;

/** Big enough for a record of 1 MB on a topic that lets it in: what is too large must still be read to be parked. */
const MAX_BYTES_PER_PARTITION = 2 * 1024 * 1024;
/** Joining waits for the other members, up to the rebalance timeout. */
const START_DEADLINE_MS = 90_000;
const LEAVE_MS = 3_000;

/** Topic and partition in one string. */
const placeOf = (topic: string, partition: number): string => `${topic}/${partition}`;

type BatchEnd = ConsumerEndBatchProcessEvent['payload'];

export interface MembershipOptions {
  /** With the prefix, like the topics. */
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly prefix: string;
  readonly sessionMs: number;
  readonly pacer: FetchPacer;
  readonly generations: TopicGenerations;
  readonly log: Log;
  onBatch(batch: RawMessage[]): Handed;
  onJoined(assignment: Record<string, number[]>): void;
  /** The broker has answered. */
  onHeard(): void;
  /** This membership is over: kafkajs has given it up. */
  onCrash(error: unknown): void;
  /** What was to take a batch broke its word: not the broker's fault. */
  onDefect(error: unknown): void;
}

/**
 * One kafkajs consumer, from its connection to its end. It is used once: what kafkajs makes of a consumer that crashed is not
 * believed, and whoever wants to go on makes another. Handing over is all that happens inside kafkajs's callback, so no topic or
 * partition waits for another's handler (trap K7); a partition with too much in flight is paused on its own.
 */
export class KafkaMembership {
  private readonly consumer: Consumer;
  private trackers = new Map<string, OffsetTracker>();
  private readonly paused = new Set<string>();
  private committing: Promise<void> | null = null;
  private over = false;

  constructor(
    kafka: Kafka,
    private readonly options: MembershipOptions,
  ) {
    this.consumer = kafka.consumer({
      groupId: options.groupId,
      sessionTimeout: options.sessionMs,
      heartbeatInterval: options.sessionMs * 0.3,
      rebalanceTimeout: 30_000,
      maxWaitTimeInMs: 100,
      minBytes: 1,
      maxBytesPerPartition: MAX_BYTES_PER_PARTITION,
      maxBytes: 16 * 1024 * 1024,
      allowAutoTopicCreation: false,
      // One who starts anew: the consumption, with a client that believes nothing of the last one's connections and metadata.
      retry: { retries: 8, initialRetryTime: 100, maxRetryTime: 2_000, restartOnFailure: () => Promise.resolve(false) },
    });
  }

  /** Resolves when it is a member or has crashed; throws when it did not come that far. */
  async start(): Promise<void> {
    const { GROUP_JOIN, HEARTBEAT, CRASH, END_BATCH_PROCESS } = this.consumer.events;
    const { onHeard, onCrash } = this.options;
    this.consumer.on(GROUP_JOIN, ({ payload }) => this.onJoined(payload.memberAssignment));
    this.consumer.on(HEARTBEAT, () => (this.over ? this.endAgain() : onHeard()));
    this.consumer.on(CRASH, ({ payload }) => void (this.over || onCrash(payload.error)));
    this.consumer.on(END_BATCH_PROCESS, ({ payload }) => this.passOver(payload));
    await withDeadline(this.join(), START_DEADLINE_MS, 'membership of the group');
  }

  private async join(): Promise<void> {
    await this.consumer.connect();
    await this.consumer.subscribe({ topics: [...this.options.topics], fromBeginning: true });
    if (this.over) return this.endAgain();
    await this.run();
  }

  /** Whoever joins or goes on after its end (kafkajs forgets a stop that comes while it connects) would keep partitions from the others. */
  private endAgain(): void {
    setImmediate(() => void this.consumer.disconnect().catch(() => undefined));
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

  /** Leaves the group and joins it again, with the same connections. */
  async rejoin(): Promise<void> {
    await this.consumer.stop();
    if (!this.over) await this.run();
  }

  /** Takes no more in, waits up to `graceMs` for what was handed over, commits and leaves the group. */
  async stop(graceMs: number): Promise<void> {
    const deadline = performance.now() + graceMs;
    this.pauseAll();
    while (this.messagesInFlight() > 0 && performance.now() < deadline) await pause(10);
    // With a dead broker neither may hold the process (trap K10): what is not committed comes again, and the session ends by itself.
    await Promise.race([this.commit().then(() => this.commit()), pause(LEAVE_MS)]);
    await this.discard();
  }

  /** Ends it at once. A leave that hangs is left to itself; whatever it still brings is not taken. */
  async discard(): Promise<void> {
    this.over = true;
    this.trackers = new Map();
    await Promise.race([this.consumer.disconnect().catch(() => undefined), pause(LEAVE_MS)]);
  }

  private onJoined(assignment: Record<string, number[]>): void {
    if (this.over) return this.endAgain();
    // From here on the committed offsets count: what is in flight comes again and is known by its id.
    this.trackers = new Map();
    for (const [topic, partitions] of Object.entries(assignment)) {
      for (const partition of partitions) this.trackers.set(placeOf(topic, partition), new OffsetTracker());
    }
    for (const place of this.paused) this.resume(place);
    this.options.generations.onJoined(assignment);
    this.options.onJoined(assignment);
  }

  private async eachBatch({ batch, resolveOffset, isRunning, isStale }: EachBatchPayload): Promise<void> {
    const { prefix, pacer, generations } = this.options;
    const place = placeOf(batch.topic, batch.partition);
    await generations.settle();
    if (this.trackers.get(place)?.isBehind(batch.firstOffset())) await generations.look();
    const tracker = this.trackers.get(place);
    if (this.over || !tracker || !isRunning() || isStale()) return;
    const topic = batch.topic.slice(prefix.length);
    const topicId = generations.of(batch.topic);
    const messages = batch.messages.map((message) => rawOf({ topic, partition: batch.partition, topicId }, message));
    this.handOver(place, tracker, messages, batch.lastOffset());
    resolveOffset(batch.lastOffset());
    await pacer.after(messages.length);
  }

  /** The topic was made anew. What of the old one is in flight is taken to its end; nothing of it is committed any more. */
  beginAnew(topic: string): void {
    for (const place of this.trackers.keys()) {
      const { topic: ofPlace, partitions } = partitionOf(place);
      if (ofPlace !== topic) continue;
      this.trackers.set(place, new OffsetTracker());
      if (this.paused.has(place)) this.resume(place);
      this.consumer.seek({ topic, partition: partitions[0] as number, offset: '0' });
    }
  }

  /**
   * A batch of nothing but aborted transactions and their marks: kafkajs goes past it and hands over nothing. Were it not committed, the
   * group would stand before the end of the partition, and look dead. One behind what was handed over is of a topic made anew: left to the next look.
   */
  private passOver({ topic, partition, batchSize, lastOffset }: BatchEnd): void {
    const tracker = this.trackers.get(placeOf(topic, partition));
    if (batchSize > 0 || !tracker || tracker.isBehind(lastOffset)) return;
    tracker.finish(tracker.begin(lastOffset, 0, 0));
  }

  private handOver(place: string, tracker: OffsetTracker, messages: RawMessage[], lastOffset: string): void {
    const ticket = tracker.begin(lastOffset, messages.length, bytesOf(messages));
    const { onBatch, onDefect } = this.options;
    try {
      onBatch(messages).accepted.then(() => {
        tracker.finish(ticket);
        if (this.paused.has(place) && !overfull(tracker, RESUME_BELOW)) this.resume(place);
      }, onDefect);
    } catch (error) {
      onDefect(error);
    }
    if (overfull(tracker, 1)) this.pausePlace(place);
  }

  /** Commits what is accepted; what fails is dirty still and goes with the next call. */
  commit(): Promise<void> {
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
    const { groupId, log, generations } = this.options;
    try {
      await this.consumer.commitOffsets(
        dirty.map(({ topic, partition, offset }) => ({
          ...{ topic, partition, offset },
          metadata: generations.of(topic) ?? null,
        })),
      );
      for (const { tracker, offset } of dirty) tracker.committed(offset);
    } catch (error) {
      log.debug({ groupId }, `offsets not committed, again later: ${messageOf(error)}`);
    }
  }

  private messagesInFlight(): number {
    let messages = 0;
    for (const tracker of this.trackers.values()) messages += tracker.inFlight().messages;
    return messages;
  }

  private pausePlace(place: string): void {
    this.paused.add(place);
    this.ifRunning(() => this.consumer.pause([partitionOf(place)]));
  }

  private resume(place: string): void {
    this.paused.delete(place);
    this.ifRunning(() => this.consumer.resume([partitionOf(place)]));
  }

  private pauseAll(): void {
    this.ifRunning(() => this.consumer.pause([...this.trackers.keys()].map(partitionOf)));
  }

  /** kafkajs throws when it is asked to pause or resume while it runs nothing: then there is nothing to pause. */
  private ifRunning(steer: () => void): void {
    try {
      if (!this.over) steer();
    } catch (error) {
      this.options.log.debug({ groupId: this.options.groupId }, `not running: ${messageOf(error)}`);
    }
  }
}

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
