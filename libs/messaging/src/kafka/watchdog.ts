import type { Admin } from 'kafkajs';
import { messageOf, type Log } from '../log';
import { withDeadline } from './deadline';

const CHECK_EVERY_MS = 10_000;
/** This many checks in a row, so that a process that was itself stopped is not taken for a dead consumer. */
const STRIKES = 4;
/** Who is no member has longer: it tries to become one again, and the broker, itself just back, may let it wait. */
const STRIKES_OUTSIDE = 13;
const LOOK_DEADLINE_MS = 20_000;

/** Asks the broker with a connection that is thrown away after a failure. */
export type AskAdmin = <T>(use: (admin: Admin) => Promise<T>) => Promise<T>;

export interface WatchdogOptions {
  readonly ask: AskAdmin;
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly log: Log;
  holdsBack(): boolean;
  /** Whether it is in its group and hears the broker. */
  isMember(): boolean;
}

interface Standstill {
  readonly committed: string;
  /** Looks in a row that found it so, while a member; and all of them, across new memberships. */
  readonly strikes: number;
  readonly total: number;
}

/**
 * Notices a consumer that lives and does nothing (traps K3, K4): the broker answers, one of its partitions has messages, and
 * the committed offset stands still for 30 s, or for two minutes across all its tries to become a member again. And one that the
 * broker, although it answers, does not let into its group for two minutes. Looks at the broker's own numbers, so that no belief of
 * ours hides it; while the broker does not answer nothing counts.
 */
export class Watchdog {
  private timer: NodeJS.Timeout | undefined;
  private mine: Record<string, number[]> | null = null;
  private seen = new Map<string, Standstill>();
  private outside = 0;
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
    for (const [place, standstill] of this.seen) this.seen.set(place, { ...standstill, strikes: 0 });
  }

  private async look(onStuck: (error: Error) => void): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      const dead = this.options.holdsBack() ? this.forget() : await this.verdict();
      if (dead) onStuck(new Error(dead));
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
    this.outside = 0;
    return null;
  }

  private async verdict(): Promise<string | null> {
    const stuck = await this.options.ask((admin) =>
      withDeadline(this.stuckPlace(admin), LOOK_DEADLINE_MS, 'answer to the watchdog'),
    );
    this.outside = this.options.isMember() ? 0 : this.outside + 1;
    if (stuck) return `no progress for ${lasting(stuck.strikes)} s with messages waiting on ${stuck.place}`;
    if (this.outside < STRIKES_OUTSIDE) return null;
    return `the broker answers and has not let it into its group for ${lasting(this.outside)} s`;
  }

  private async stuckPlace(admin: Admin): Promise<{ readonly place: string; readonly strikes: number } | null> {
    const { groupId, topics } = this.options;
    const committed = await admin.fetchOffsets({ groupId, topics: [...topics] });
    const seen = new Map<string, Standstill>();
    for (const { topic, partitions } of committed) {
      const ends = new Map(
        (await admin.fetchTopicOffsets(topic)).map(({ partition, high, low }) => [partition, { high, low }]),
      );
      for (const { partition, offset } of partitions) {
        const end = ends.get(partition);
        if (!end || (this.mine && !this.mine[topic]?.includes(partition))) continue;
        const reached = BigInt(offset) < 0n ? BigInt(end.low) : BigInt(offset);
        if (reached < BigInt(end.high))
          seen.set(`${topic}/${partition}`, this.standing(`${topic}/${partition}`, offset));
      }
    }
    this.seen = seen;
    for (const [place, { strikes, total }] of seen) {
      if (strikes >= STRIKES || total >= STRIKES_OUTSIDE) return { place, strikes: Math.max(strikes, total) };
    }
    return null;
  }

  private standing(place: string, committed: string): Standstill {
    const before = this.seen.get(place);
    const goesOn = before?.committed === committed;
    const strikes = this.options.isMember() ? (goesOn ? before.strikes : 0) + 1 : 0;
    return { committed, strikes, total: (goesOn ? before.total : 0) + 1 };
  }
}

/** Seconds from the first of so many looks to the last. */
const lasting = (strikes: number): number => ((strikes - 1) * CHECK_EVERY_MS) / 1_000;
