import { messageOf, type Log } from '../log';
import { topicIds } from './topic-ids';
import type { AskAdmin } from './watchdog';

type Assignment = Readonly<Record<string, readonly number[]>>;

export interface TopicGenerationsOptions {
  readonly ask: AskAdmin;
  readonly groupId: string;
  /** The broker's names. */
  readonly topics: readonly string[];
  readonly log: Log;
  /** Awaited with the id of every topic, before anything of these generations is handed over. */
  told(ids: ReadonlyMap<string, string>): Promise<void>;
  /** It is to be read from its start: the positions that the group has are of a topic that is gone. */
  onAnew(topic: string): void;
}

/**
 * Which generation of each topic a group reads. A topic that was deleted and made anew has its old name and begins at offset 0
 * again; an old position may lie beyond its end, or in the middle of new messages. So each commit names the id of the topic it is for,
 * and the ids are looked at when the group was joined, every few seconds, and when a partition goes back.
 */
export class TopicGenerations {
  private ids: ReadonlyMap<string, string> = new Map();
  private joined: Assignment | null = null;
  private looking: Promise<void> | null = null;

  constructor(private readonly options: TopicGenerationsOptions) {}

  /** The id of the generation that is read; undefined where the broker tells none. */
  of(topic: string): string | undefined {
    return this.ids.get(topic);
  }

  /** From here on the committed offsets count: whether they are for these topics is looked at before anything is handed over. */
  onJoined(assignment: Assignment): void {
    this.joined = assignment;
  }

  /** Resolves when the positions since the last join are known to be for the topics as they are. Throws when the broker does not tell. */
  async settle(): Promise<void> {
    while (this.joined) await this.look();
  }

  /** Asks the broker, once at a time. */
  look(): Promise<void> {
    this.looking ??= this.lookNow().finally(() => {
      this.looking = null;
    });
    return this.looking;
  }

  /** Every few seconds; a broker that is away is asked again the next time. */
  lookInPassing(): void {
    this.look().catch((error: unknown) =>
      this.options.log.debug({ groupId: this.options.groupId }, `topics not looked at: ${messageOf(error)}`),
    );
  }

  private async lookNow(): Promise<void> {
    const { ask, topics, told } = this.options;
    const { joined } = this;
    const found = await ask((admin) => topicIds(admin, topics));
    const anew = new Set(topics.filter((topic) => this.isOther(topic, found.get(topic))));
    if (joined) for (const topic of await this.committedBefore(joined, found)) anew.add(topic);
    if (this.ids.size === 0 || anew.size > 0) await told(found);
    const before = this.ids;
    this.ids = new Map([...before, ...found]);
    for (const topic of anew) this.tellAnew(topic, before.get(topic));
    if (this.joined === joined) this.joined = null;
  }

  private isOther(topic: string, id: string | undefined): boolean {
    const before = this.ids.get(topic);
    return before !== undefined && id !== undefined && before !== id;
  }

  private async committedBefore(assignment: Assignment, ids: ReadonlyMap<string, string>): Promise<string[]> {
    const { ask, groupId } = this.options;
    const topics = Object.keys(assignment).filter((topic) => ids.has(topic));
    if (topics.length === 0) return [];
    const committed = await ask((admin) => admin.fetchOffsets({ groupId, topics }));
    const isBefore = (topic: string, metadata: string | null): boolean => !!metadata && metadata !== ids.get(topic);
    return committed
      .filter(({ topic, partitions }) => partitions.some(({ metadata }) => isBefore(topic, metadata)))
      .map(({ topic }) => topic);
  }

  private tellAnew(topic: string, before: string | undefined): void {
    const { log, groupId, onAnew } = this.options;
    log.warn({ topic, groupId, before, now: this.ids.get(topic) }, 'the topic was made anew: read from its start');
    onAnew(topic);
  }
}
