import { ledgerTopics, limits } from '@causeway/contracts';
import type { Kafka, Message, Producer, TopicMessages } from 'kafkajs';
import { SendFailed } from '../bus';
import type { Sealed } from '../envelopes';
import { messageOf } from '../log';
import { withDeadline } from './deadline';
import { partitioner } from './fast-partition';
import { OneClient } from './one-client';

/** Longest wait for the acknowledgement of one request, milliseconds; then the connection is given up with its producer. */
const SEND_DEADLINE_MS = 8_000;
const CONNECT_DEADLINE_MS = 6_000;

/** kafkajs makes one record batch a partition and request, and the topic's max.message.bytes bounds the batch. */
const BATCH_BYTES = limits.messageBytes + 40 * 1024;
const LARGER = new Map(ledgerTopics().map((topic) => [topic.name, topic.maxMessageBytes - 24 * 1024]));
const batchBytes = (topic: string): number => LARGER.get(topic) ?? BATCH_BYTES;

/**
 * The producer. Not idempotent, and thrown away after every failed send (trap K1): a producer whose last outcome is unknown
 * can make the broker take the next, different message for a repetition and drop it. Repetitions are ours to make, with
 * the same messages; whoever reads knows them by their id.
 */
export class KafkaSender {
  private readonly producers = new OneClient(() => this.connect());
  private closed = false;
  /** Why the last send did not arrive; null: it did, or there was none. */
  trouble: string | null = null;

  constructor(
    private readonly kafka: Kafka,
    private readonly prefix: string,
  ) {}

  async send(messages: readonly Sealed[]): Promise<void> {
    for (const part of parts(messages)) await this.sendPart(part);
  }

  async close(): Promise<void> {
    this.closed = true;
    await withDeadline(this.producers.close(), 2_000, 'disconnect').catch(() => undefined);
  }

  private async sendPart(part: readonly Sealed[]): Promise<void> {
    if (this.closed) throw new SendFailed('the bus is closed', false, false);
    const connecting = this.producers.get();
    const producer = await this.connected(connecting);
    try {
      const topicMessages = byTopic(part, this.prefix);
      await withDeadline(
        producer.sendBatch({ acks: -1, timeout: 5_000, topicMessages }),
        SEND_DEADLINE_MS,
        'acknowledgement',
      );
      this.trouble = null;
    } catch (error) {
      this.producers.discard(connecting);
      throw this.failed(
        new SendFailed(`Kafka did not acknowledge: ${messageOf(error)}`, true, isRefusal(error), error),
      );
    }
  }

  private async connected(connecting: Promise<Producer>): Promise<Producer> {
    try {
      return await withDeadline(connecting, CONNECT_DEADLINE_MS, 'connection');
    } catch (error) {
      this.producers.discard(connecting);
      throw this.failed(new SendFailed(`no connection to Kafka: ${messageOf(error)}`, false, false, error));
    }
  }

  private failed(failure: SendFailed): SendFailed {
    this.trouble = failure.message;
    return failure;
  }

  private async connect(): Promise<Producer> {
    const producer = this.kafka.producer({
      createPartitioner: partitioner,
      allowAutoTopicCreation: false,
      idempotent: false,
      retry: { retries: 4, initialRetryTime: 50, maxRetryTime: 500 },
    });
    await producer.connect();
    return producer;
  }
}

export function byTopic(messages: readonly Sealed[], prefix: string): TopicMessages[] {
  const topics = new Map<string, Message[]>();
  for (const { topic, key, value, headers } of messages) {
    const message = { key, value, headers };
    const ofTopic = topics.get(topic);
    if (ofTopic) ofTopic.push(message);
    else topics.set(topic, [message]);
  }
  return Array.from(topics, ([topic, ofTopic]) => ({ topic: prefix + topic, messages: ofTopic }));
}

/** Runs of the messages, in order, that each fit one request. */
export function parts(messages: readonly Sealed[]): Sealed[][] {
  const all: Sealed[][] = [];
  let part: Sealed[] = [];
  let filled = new Map<string, number>();
  for (const message of messages) {
    const size = sizeOf(message);
    const bytes = (filled.get(message.topic) ?? 0) + size;
    if (bytes > batchBytes(message.topic) && part.length > 0) {
      all.push(part);
      part = [];
      filled = new Map();
    }
    filled.set(message.topic, part.length === 0 ? size : bytes);
    part.push(message);
  }
  if (part.length > 0) all.push(part);
  return all;
}

/** Names and lengths of headers, offsets, timestamps: measured at 260 bytes, and the causes beside the fixed ones vary. */
const FRAME_BYTES = 400;
function sizeOf({ key, value, headers }: Sealed): number {
  const { ce_causationid: causes = '', 'causeway-signature': signature = '', ce_subject: subject = '' } = headers;
  return value.length + 2 * key.length + causes.length + signature.length + subject.length + FRAME_BYTES;
}

/** kafkajs marks protocol errors that are worth another try; the others are the broker's last word. */
function isRefusal(error: unknown): boolean {
  const cause = (error as { cause?: unknown }).cause ?? error;
  const { name, retriable } = cause as { name?: string; retriable?: boolean };
  return name === 'KafkaJSProtocolError' && retriable === false;
}
