import type { Kafka } from 'kafkajs';
import type { Consumption, ConsumeOptions } from '../bus';
import { messageOf, type Log } from '../log';
import { Backoff } from './backoff';
import { isFinal } from './broker-trouble';
import { Contact } from './contact';
import { FetchPacer } from './fetch-pacer';
import { KafkaMembership } from './kafka-membership';
import { TopicGenerations } from './topic-generations';
import { WallClock } from './wall-clock';
import { Watchdog, type AskAdmin } from './watchdog';

const COMMIT_EVERY_MS = 200;
const LOOK_EVERY_MS = 2_000;
/** Between two tries to become a member, milliseconds. A try on a broker that is away takes about ten seconds itself. */
const PAUSE_MS = { first: 250, most: 5_000 };

/**
 * One place in a group, for as long as the process wants it. What holds it is a {@link KafkaMembership}: when that is over, or has
 * heard nothing of the broker for a minute, another one takes its place, without end while the broker is away. The consumption is dead
 * only when its taker broke its word, when the broker is there and refuses it, and when the watchdog says so.
 * Offsets follow the acceptance, every 200 ms, beside the path of the messages.
 */
export class KafkaConsumption implements Consumption {
  private membership: KafkaMembership | null = null;
  private stopping = false;
  private dead = false;
  private timer: NodeJS.Timeout | undefined;
  private lookTimer: NodeJS.Timeout | undefined;
  private waiting: NodeJS.Timeout | undefined;
  private readonly backoff = new Backoff(PAUSE_MS.first, PAUSE_MS.most);
  private readonly contact: Contact;
  private readonly pacer: FetchPacer;
  private readonly clock = new WallClock();
  private readonly watchdog: Watchdog;
  private readonly generations: TopicGenerations;
  private readonly groupId: string;
  private readonly topics: readonly string[];
  restarts = 0;

  constructor(
    /** A client of its own for each membership: kafkajs shares committed offsets among the consumers of one client. */
    private readonly client: () => Kafka,
    ask: AskAdmin,
    private readonly options: ConsumeOptions,
    private readonly prefix: string,
    private readonly log: Log,
  ) {
    this.groupId = prefix + options.groupId;
    this.topics = options.topics.map((topic) => prefix + topic);
    this.pacer = new FetchPacer(options.paceMs ?? 8);
    this.contact = new Contact(options.groupId, log);
    const { groupId, topics } = this;
    this.watchdog = new Watchdog({
      ...{ ask, groupId, topics, log },
      holdsBack: () => options.holdsBack?.() ?? false,
      isMember: () => this.contact.isGood(),
    });
    this.generations = new TopicGenerations({
      ...{ ask, groupId, topics, log },
      told: (ids) => this.tellGenerations(ids),
      onAnew: (topic) => this.membership?.beginAnew(topic),
    });
  }

  /** Resolves when it is a member, or when that has to wait for the broker. */
  async start(): Promise<void> {
    this.timer = setInterval(() => this.tick(), COMMIT_EVERY_MS);
    this.lookTimer = setInterval(() => this.generations.lookInPassing(), LOOK_EVERY_MS);
    this.watchdog.start((error) => this.die(error));
    await this.join();
  }

  isRunning(): boolean {
    return this.contact.isGood() && !this.stopping && !this.dead;
  }

  trouble(): string | null {
    return this.contact.trouble();
  }

  async stop(graceMs = 10_000): Promise<void> {
    if (this.stopping) return;
    this.stopping = true;
    this.watchdog.stop();
    clearTimeout(this.waiting);
    clearInterval(this.lookTimer);
    // Ended before the timer of the commits: what is handled meanwhile is committed.
    await this.membership?.stop(graceMs);
    clearInterval(this.timer);
  }

  /** One try, with a new membership. */
  private async join(): Promise<void> {
    const made: KafkaMembership = new KafkaMembership(this.client(), {
      ...{ groupId: this.groupId, topics: this.topics, prefix: this.prefix, pacer: this.pacer, log: this.log },
      generations: this.generations,
      sessionMs: this.options.sessionMs ?? 10_000,
      onBatch: (batch) => this.options.onBatch(batch),
      onJoined: (assignment) => this.joined(assignment),
      onHeard: () => this.heard(),
      onCrash: (error) => this.lost(made, error),
      onDefect: (error) => this.die(error),
    });
    this.membership = made;
    this.contact.begins();
    await made.start().catch((error: unknown) => this.lost(made, error));
  }

  private async tellGenerations(ids: ReadonlyMap<string, string>): Promise<void> {
    const told = [...ids].map(([topic, id]) => [topic.slice(this.prefix.length), id] as const);
    await this.options.onGenerations?.(new Map(told));
  }

  private joined(assignment: Record<string, number[]>): void {
    this.contact.joined();
    this.watchdog.assigned(assignment);
  }

  /** Only who has stayed for a while begins with short pauses again: joining alone is no proof that it will go well. */
  private heard(): void {
    this.contact.heard();
    this.backoff.reset();
  }

  private lost(membership: KafkaMembership, error: unknown): void {
    if (membership !== this.membership || this.stopping || this.dead) return;
    this.membership = null;
    void membership.discard();
    if (isFinal(error)) return this.die(error);
    const pauseMs = this.backoff.next();
    this.restarts++;
    this.contact.lost(error);
    this.waiting = setTimeout(() => void this.joinAgain(), pauseMs);
  }

  private async joinAgain(): Promise<void> {
    if (!this.stopping && !this.dead) await this.join();
  }

  private tick(): void {
    const { membership } = this;
    if (!membership) return;
    void membership.commit();
    if (this.clock.wasSetBack()) void this.rejoin(membership);
    const silence = this.contact.tick();
    if (silence) this.lost(membership, silence);
  }

  /** kafkajs times its heartbeats by the wall clock: set back, it sends none until that has caught up. A new membership begins anew. */
  private async rejoin(membership: KafkaMembership): Promise<void> {
    const { groupId } = this.options;
    this.log.warn({ groupId }, 'the wall clock was set back: joining the group again');
    try {
      await membership.rejoin();
    } catch (error) {
      this.lost(membership, error);
    }
  }

  private die(error: unknown): void {
    if (this.stopping || this.dead) return;
    this.dead = true;
    clearTimeout(this.waiting);
    const { groupId } = this.options;
    this.options.onDead(new Error(`the consumption of ${groupId} is dead: ${messageOf(error)}`, { cause: error }));
  }
}
