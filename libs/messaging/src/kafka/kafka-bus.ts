// First: it changes what kafkajs loads.
import './fast-kafkajs';
import type { TopicSettings } from '@causeway/contracts';
import { Kafka, logLevel, type Admin } from 'kafkajs';
import type { Consumption, ConsumeOptions, EventBus, Watermark } from '../bus';
import type { Sealed } from '../envelopes';
import { messageOf, silentLog, type Log } from '../log';
import { KafkaConsumption } from './kafka-consumption';
import { kafkaLog } from './kafka-log';
import { KafkaSender } from './kafka-sender';
import { ensureTopics, watermarks } from './kafka-topics';

export interface KafkaBusOptions {
  readonly brokers: readonly string[];
  /** Shown in the broker's logs. */
  readonly clientId: string;
  /** Put before every topic and group name. Default none. */
  readonly prefix?: string;
  /** Replication of topics made here; null: 3, or as many as there are brokers. */
  readonly replication?: number | null;
  readonly log?: Log;
}

/** KAFKA_BROKERS (comma list), CAUSEWAY_TOPIC_PREFIX and CAUSEWAY_TOPIC_REPLICATION. */
export function kafkaOptionsFrom(
  env: Readonly<Record<string, string | undefined>>,
): Pick<KafkaBusOptions, 'brokers' | 'prefix' | 'replication'> {
  const brokers = (env.KAFKA_BROKERS ?? '')
    .split(',')
    .map((broker) => broker.trim())
    .filter(Boolean);
  if (brokers.length === 0)
    throw new Error('KAFKA_BROKERS is not set: give host:port, or several with commas between them');
  const replication = env.CAUSEWAY_TOPIC_REPLICATION ? Number(env.CAUSEWAY_TOPIC_REPLICATION) : null;
  return { brokers, prefix: env.CAUSEWAY_TOPIC_PREFIX ?? '', replication };
}

/** The bus on Kafka. Connects lazily: a broker that is not there yet is waited for by whoever sends or consumes. */
export function createKafkaBus(options: KafkaBusOptions): EventBus {
  return new KafkaBus(options);
}

class KafkaBus implements EventBus {
  private readonly prefix: string;
  private readonly log: Log;
  private readonly sender: KafkaSender;
  private readonly consumptions: KafkaConsumption[] = [];
  private admin: Promise<Admin> | null = null;

  constructor(private readonly options: KafkaBusOptions) {
    this.prefix = options.prefix ?? '';
    this.log = options.log ?? silentLog;
    this.sender = new KafkaSender(this.client(5_000), this.prefix);
  }

  send(messages: readonly Sealed[]): Promise<void> {
    return this.sender.send(messages);
  }

  async consume(options: ConsumeOptions): Promise<Consumption> {
    // A client of its own each: kafkajs shares committed offsets among the consumers of one client.
    const consumption = new KafkaConsumption(
      this.client(15_000),
      () => this.connectedAdmin(),
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
    await this.withAdmin((admin) =>
      ensureTopics(admin, settings, { prefix, log, replication: this.options.replication ?? null }),
    );
  }

  watermarks(topics: readonly string[]): Promise<Map<string, Watermark[]>> {
    return this.withAdmin((admin) => watermarks(admin, topics, this.prefix));
  }

  isHealthy(): boolean {
    return this.sender.healthy;
  }

  async close(): Promise<void> {
    await Promise.all(this.consumptions.map((consumption) => consumption.stop()));
    await this.sender.close();
    const admin = this.admin;
    this.admin = null;
    await admin?.then((a) => a.disconnect()).catch(() => undefined);
  }

  private client(requestTimeout: number): Kafka {
    return new Kafka({
      clientId: this.options.clientId,
      brokers: [...this.options.brokers],
      connectionTimeout: 3_000,
      requestTimeout,
      logLevel: logLevel.WARN,
      logCreator: kafkaLog(this.log),
      retry: { retries: 8, initialRetryTime: 100, maxRetryTime: 2_000 },
    });
  }

  private connectedAdmin(): Promise<Admin> {
    this.admin ??= this.connectAdmin().catch((error: unknown) => {
      this.admin = null;
      throw new Error(`no connection to Kafka at ${this.options.brokers.join(',')}: ${messageOf(error)}`, {
        cause: error,
      });
    });
    return this.admin;
  }

  private async connectAdmin(): Promise<Admin> {
    const admin = this.client(15_000).admin();
    await admin.connect();
    return admin;
  }

  private async withAdmin<T>(use: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = await this.connectedAdmin();
    try {
      return await use(admin);
    } catch (error) {
      // A connection that failed once is not used again.
      this.admin = null;
      admin.disconnect().catch(() => undefined);
      throw error;
    }
  }
}
