// First: it changes what kafkajs loads.
import './fast-kafkajs';
import type { TopicSettings } from '@causeway/contracts';
import { Kafka, logLevel, type Admin, type logCreator } from 'kafkajs';
import type { BrokerContact, Consumption, ConsumeOptions, EventBus, Watermark } from '../bus';
import type { Sealed } from '../envelopes';
import { messageOf, silentLog, type Log } from '../log';
import { withDeadline } from './deadline';
import { KafkaConsumption } from './kafka-consumption';
import { kafkaLog } from './kafka-log';
import { KafkaSender } from './kafka-sender';
import { ensureTopics, watermarks } from './kafka-topics';
import { OneClient } from './one-client';
import { takeOwnPlaces } from './own-place';
import { installTopicIds } from './topic-ids';
import { untilBroker } from './until-broker';

const CLOSE_DEADLINE_MS = 2_000;
const ADMIN_RETRIES = 4;

export interface KafkaBusOptions {
  readonly brokers: readonly string[];
  /** Shown in the broker's logs. */
  readonly clientId: string;
  /**
   * Name of this replica: the same after a restart, no other running one's. With it a restarted process takes the places in its groups
   * that the killed one left behind, instead of waiting for their sessions to end. Default none.
   */
  readonly instance?: string | null;
  /** Put before every topic and group name. Default none. */
  readonly prefix?: string;
  /** Replication of topics made here; null: 3, or as many as there are brokers. */
  readonly replication?: number | null;
  readonly log?: Log;
}

type Env = Readonly<Record<string, string | undefined>>;

/** KAFKA_BROKERS (comma list), CAUSEWAY_TOPIC_PREFIX, CAUSEWAY_TOPIC_REPLICATION and CAUSEWAY_INSTANCE. */
export function kafkaOptionsFrom(env: Env): Pick<KafkaBusOptions, 'brokers' | 'prefix' | 'replication' | 'instance'> {
  const brokers = (env.KAFKA_BROKERS ?? '')
    .split(',')
    .map((broker) => broker.trim())
    .filter(Boolean);
  if (brokers.length === 0)
    throw new Error('KAFKA_BROKERS is not set: give host:port, or several with commas between them');
  const replication = env.CAUSEWAY_TOPIC_REPLICATION ? Number(env.CAUSEWAY_TOPIC_REPLICATION) : null;
  return { brokers, prefix: env.CAUSEWAY_TOPIC_PREFIX ?? '', replication, instance: instanceFrom(env) };
}

const INSTANCE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** CAUSEWAY_INSTANCE: the name of this replica; null: it has none. */
export function instanceFrom({ CAUSEWAY_INSTANCE: name }: Env): string | null {
  if (!name) return null;
  if (INSTANCE.test(name)) return name;
  throw new Error(
    `CAUSEWAY_INSTANCE is ${JSON.stringify(name)}: give this replica a name of at most 63 letters, digits, dots, underscores and hyphens, ` +
      "the same after each restart and no other running one's, such as the name of its pod in a StatefulSet",
  );
}

/** The bus on Kafka. Connects lazily: a broker that is not there yet is waited for by whoever sends or consumes. */
export function createKafkaBus(options: KafkaBusOptions): EventBus {
  installTopicIds();
  return new KafkaBus(options);
}

class KafkaBus implements EventBus {
  private readonly prefix: string;
  private readonly log: Log;
  /** One for all clients that are made and thrown away, so that each says nothing anew. */
  private readonly logCreator: logCreator;
  private readonly sender: KafkaSender;
  private readonly consumptions: KafkaConsumption[] = [];
  private readonly admins = new OneClient(() => this.connectAdmin());
  private waitingFor: string | null = null;
  private closed = false;
  private readonly clientId: string;

  constructor(private readonly options: KafkaBusOptions) {
    this.prefix = options.prefix ?? '';
    this.log = options.log ?? silentLog;
    this.clientId = options.instance ? `${options.clientId}@${options.instance}` : options.clientId;
    if (options.instance) takeOwnPlaces(this.clientId, this.log);
    this.logCreator = kafkaLog(this.log);
    this.sender = new KafkaSender(this.client(5_000), this.prefix);
  }

  send(messages: readonly Sealed[]): Promise<void> {
    return this.sender.send(messages);
  }

  async consume(options: ConsumeOptions): Promise<Consumption> {
    const consumption = new KafkaConsumption(
      () => this.client(15_000),
      (use) => this.withAdmin(use),
      options,
      this.prefix,
      this.log,
    );
    this.consumptions.push(consumption);
    await consumption.start();
    return consumption;
  }

  async ensureTopics(settings: readonly TopicSettings[]): Promise<void> {
    const { prefix, log } = this;
    const replication = this.options.replication ?? null;
    const attempt = (): Promise<void> =>
      this.withAdmin((admin) => ensureTopics(admin, settings, { prefix, log, replication }));
    await untilBroker(attempt, {
      log,
      what: 'the topics cannot be made sure of without the broker',
      isClosed: () => this.closed,
      onTrouble: (trouble) => (this.waitingFor = trouble),
    });
  }

  watermarks(topics: readonly string[]): Promise<Map<string, Watermark[]>> {
    return this.withAdmin((admin) => watermarks(admin, topics, this.prefix));
  }

  contact(): BrokerContact {
    const { waitingFor, sender, consumptions } = this;
    const troubles = [waitingFor, ...consumptions.map((consumption) => consumption.trouble()), sender.trouble];
    const restarts = consumptions.reduce((sum, consumption) => sum + consumption.restarts, 0);
    return { trouble: troubles.find((trouble) => trouble !== null) ?? null, restarts };
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all(this.consumptions.map((consumption) => consumption.stop()));
    await this.sender.close();
    // It may still try to connect, for half a minute.
    await withDeadline(this.admins.close(), CLOSE_DEADLINE_MS, 'disconnect').catch(() => undefined);
  }

  private client(requestTimeout: number, retries = 8): Kafka {
    return new Kafka({
      clientId: this.clientId,
      brokers: [...this.options.brokers],
      connectionTimeout: 3_000,
      requestTimeout,
      logLevel: logLevel.WARN,
      logCreator: this.logCreator,
      retry: { retries, initialRetryTime: 100, maxRetryTime: 2_000 },
    });
  }

  private async connectAdmin(): Promise<Admin> {
    // Fewer tries: whoever waits for the broker tries again and says why, and should not be kept from that for long.
    const admin = this.client(15_000, ADMIN_RETRIES).admin();
    await admin.connect();
    return admin;
  }

  private async withAdmin<T>(use: (admin: Admin) => Promise<T>): Promise<T> {
    const connecting = this.admins.get();
    try {
      return await use(await this.connected(connecting));
    } catch (error) {
      // A connection that failed once is not used again.
      this.admins.discard(connecting);
      throw error;
    }
  }

  private async connected(connecting: Promise<Admin>): Promise<Admin> {
    try {
      return await connecting;
    } catch (error) {
      const at = this.options.brokers.join(',');
      throw new Error(`no connection to Kafka at ${at}: ${messageOf(error)}`, { cause: error });
    }
  }
}
