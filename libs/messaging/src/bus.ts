import type { TopicSettings } from '@causeway/contracts';
import type { Sealed } from './envelopes';

/**
 * A message as it lay on the broker, unchecked. Topic names are the logical ones of contracts everywhere outside the adapter.
 */
export interface RawMessage {
  readonly topic: string;
  readonly partition: number;
  /** The broker's id of the topic: another one once it was made anew under its name. Undefined where there are no ids. */
  readonly topicId?: string | undefined;
  /** Decimal, up to 20 digits: does not fit a number. */
  readonly offset: string;
  readonly key: string | null;
  readonly value: Buffer | null;
  /** A header that came twice is joined with a NUL, so that it equals no single value. */
  readonly headers: Readonly<Record<string, string>>;
  /** Unix milliseconds; the broker's or the producer's claim. */
  readonly timestampMs: number;
}

/** The other side has taken a batch; `accepted` resolves once its effects are durable, and only then may offsets move past it. */
export interface Handed {
  readonly accepted: Promise<void>;
}

export interface ConsumeOptions {
  readonly groupId: string;
  readonly topics: readonly string[];
  /**
   * Takes one partition's next messages, in order, and returns at once. Must not throw: a throw here is a broken invariant
   * and ends the consumption.
   */
  onBatch(batch: RawMessage[]): Handed;
  /**
   * The consumption is over and will not come back by itself: a taker that broke its word, no progress although the broker is
   * there, or a broker that refuses us. The process should end. Never because the broker is away.
   */
  onDead(error: Error): void;
  /** True while the taker retries what it took, on a budget of its own: then a standing offset is no sign of death. */
  holdsBack?(): boolean;
  /** Ids of the topics, logical names: awaited before anything of these generations is handed over, and again when one was made anew. */
  onGenerations?(ids: ReadonlyMap<string, string>): Promise<void>;
  /** Longest time between two fetches while much arrives, milliseconds: fewer, fuller batches. Default 8. */
  readonly paceMs?: number;
  /** How long a member may be silent before the others of its group get its partitions, milliseconds. Default 10,000; brokers ask for 6,000. */
  readonly sessionMs?: number;
}

/**
 * A place in a group that is kept for as long as the process wants it: while the broker is away it waits, and goes on from the committed
 * offsets when the broker is back.
 */
export interface Consumption {
  /** True while it is a member of its group and hears the broker; false after stop or death. */
  isRunning(): boolean;
  /** Stops taking in, waits (up to `graceMs`) for what was handed over, commits the offsets and leaves the group. */
  stop(graceMs?: number): Promise<void>;
}

/** What one partition holds: offsets `start` (first kept) to `end` (next to be written). */
export interface Watermark {
  readonly partition: number;
  readonly start: bigint;
  readonly end: bigint;
}

/** How it stands with the broker. */
export interface BrokerContact {
  /** What is wrong, for people; null: nothing that we know of. */
  readonly trouble: string | null;
  /** How often a consumption had to begin anew since the process began. */
  readonly restarts: number;
}

/** The port to the broker. Whoever implements it keeps the order of each key within a topic. */
export interface EventBus {
  /**
   * Resolves when every replica in sync has every message. Rejects with {@link SendFailed}; what was sent may then be there
   * or not, wholly or in part: send the same messages again before any later one of their keys.
   */
  send(messages: readonly Sealed[]): Promise<void>;
  /** Resolves when it is a member of its group, or when that has to wait for the broker. */
  consume(options: ConsumeOptions): Promise<Consumption>;
  /**
   * Creates what is missing. Existing topics with other settings are reported in the log and left as they are. Waits without end while
   * the broker is away, and says so in the log; rejects when the broker refuses, or the bus is closed meanwhile.
   */
  ensureTopics(settings: readonly TopicSettings[]): Promise<void>;
  watermarks(topics: readonly string[]): Promise<Map<string, Watermark[]>>;
  contact(): BrokerContact;
  close(): Promise<void>;
}

/** A send that was not acknowledged. */
export class SendFailed extends Error {
  override readonly name = 'SendFailed';
  constructor(
    message: string,
    /** True when some of it may have been stored. */
    readonly outcomeUnknown: boolean,
    /** True when the broker answered and will not take (some of) it, however often it is asked. */
    readonly refused: boolean,
    override readonly cause?: unknown,
  ) {
    super(message);
  }
}
