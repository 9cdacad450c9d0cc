import type { Admin } from 'kafkajs';
import { messageOf, type Log } from '../log';

const CHECK_EVERY_MS = 10_000;
/** This many checks in a row, so that a process that was itself stopped is not taken for a dead consumer. */
const STRIKES = 4;

export interface WatchdogOptions {
  readonly admin: () => Promise<Admin>;
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly log: Log;
  holdsBack(): boolean;
}

/**
 * Notices a consumer that lives and does nothing (traps K3, K4): the broker answers, one of its partitions has messages, and
 * the committed offset stands still for 30 s. Looks at the broker's own numbers, so that no belief of ours hides it.
 */
export class Watchdog {
  private timer: NodeJS.Timeout | undefined;
  private mine: Record<string, number[]> | null = null;
  private seen = new Map<string, { readonly committed: string; readonly strikes: number }>();
  private looking = false;

  constructor(private readonly options: WatchdogOptions) {}

  start(onStuck: (error: Error) => void): void {
    this.timer = setInterval(() => void this.look(onStuck), CHECK_EVERY_MS);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** The partitions this member has; before the first join all of the topics' partitions count. */
  assigned(assignment: Record<string, number[]>): void {
    this.mine = assignment;
    this.seen.clear();
  }

  private async look(onStuck: (error: Error) => void): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      const stuck = this.options.holdsBack() ? this.forget() : await this.stuckPlace();
      if (stuck)
        onStuck(
          new Error(`no progress for ${((STRIKES - 1) * CHECK_EVERY_MS) / 1_000} s with messages waiting on ${stuck}`),
        );
    } catch (error) {
      // A broker that does not answer is no dead consumer.
      this.forget();
      this.options.log.debug({ groupId: this.options.groupId }, `watchdog could not look: ${messageOf(error)}`);
    } finally {
      this.looking = false;
    }
  }

  private forget(): null {
    this.seen.clear();
    return null;
  }

  private async stuckPlace(): Promise<string | null> {
    const admin = await this.options.admin();
    const { groupId, topics } = this.options;
    const committed = await admin.fetchOffsets({ groupId, topics: [...topics] });
    const seen = new Map<string, { committed: string; strikes: number }>();
    for (const { topic, partitions } of committed) {
      const ends = new Map(
        (await admin.fetchTopicOffsets(topic)).map(({ partition, high, low }) => [partition, { high, low }]),
      );
      for (const { partition, offset } of partitions) {
        const end = ends.get(partition);
        if (!end || (this.mine && !this.mine[topic]?.includes(partition))) continue;
        const reached = BigInt(offset) < 0n ? BigInt(end.low) : BigInt(offset);
        if (reached >= BigInt(end.high)) continue;
        const before = this.seen.get(`${topic}/${partition}`);
        seen.set(`${topic}/${partition}`, {
          committed: offset,
          strikes: before?.committed === offset ? before.strikes + 1 : 1,
        });
      }
    }
    this.seen = seen;
    for (const [place, { strikes }] of seen) if (strikes >= STRIKES) return place;
    return null;
  }
}
