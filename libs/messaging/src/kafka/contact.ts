import { messageOf, type Log } from '../log';
import { isNews } from './kafka-log';

/** Without a word from the broker for so long a member is no longer taken for one, milliseconds: heartbeats come every three seconds. */
const SILENT_MS = 20_000;
/** And after so long its connections are given up (trap K10: kafkajs waits on a dead one until the kernel gives it up). */
const GIVEN_UP_MS = 60_000;
/** What is added by one look at the clock at the most, so that a process that was itself stopped does not blame the broker. */
const MOST_A_LOOK_MS = 1_000;
const TELL_EVERY_MS = 10_000;

/** How a consumption stands with the broker: in words for people, and told in the log when it changes and every ten seconds while it is bad. */
export class Contact {
  private state: 'joining' | 'member' | 'silent' | 'away' = 'joining';
  private reason = '';
  private silentMs = 0;
  private lookedAt: number;
  private awaySince: number | null = null;
  private toldAt = -Infinity;

  constructor(
    private readonly groupId: string,
    private readonly log: Log,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.lookedAt = now();
  }

  isGood(): boolean {
    return this.state === 'member';
  }

  /** Null while all is well, and at the start until something went wrong. */
  trouble(): string | null {
    return this.state === 'silent' || this.state === 'away' ? `${this.reason}, since ${this.awaySeconds()} s` : null;
  }

  /** A try to become a member begins: in time the silence ends it, too. */
  begins(): void {
    this.silentMs = 0;
  }

  joined(): void {
    this.good();
  }

  heard(): void {
    if (this.state === 'member' || this.state === 'silent') this.good();
  }

  lost(error: unknown): void {
    this.bad('away', messageOf(error));
    this.tell();
  }

  /** To be asked often. Returns what ends a membership that has not heard of the broker for too long. */
  tick(): Error | null {
    const now = this.now();
    this.silentMs += Math.min(now - this.lookedAt, MOST_A_LOOK_MS);
    this.lookedAt = now;
    if (this.state === 'member' && this.silentMs > SILENT_MS) this.turnSilent();
    if (this.awaySince !== null) this.tell();
    return this.silentMs > GIVEN_UP_MS ? new Error(`the broker did not answer for ${GIVEN_UP_MS / 1_000} s`) : null;
  }

  private turnSilent(): void {
    this.bad('silent', 'the broker does not answer');
    this.awaySince = this.now() - this.silentMs;
  }

  /** Not more often than every ten seconds, nor what passes within so long. */
  private tell(): void {
    const now = this.now();
    const isPassing = !isNews(this.reason) && now - (this.awaySince ?? now) < TELL_EVERY_MS;
    if (isPassing || now - this.toldAt < TELL_EVERY_MS) return;
    this.toldAt = now;
    this.log.warn(
      { groupId: this.groupId, awayForSeconds: this.awaySeconds() },
      `the consumption is without the broker and goes on when it is back: ${this.reason}`,
    );
  }

  private good(): void {
    if (this.awaySince !== null)
      this.log.info({ groupId: this.groupId, awayForSeconds: this.awaySeconds() }, 'the consumption goes on');
    this.state = 'member';
    this.silentMs = 0;
    this.awaySince = null;
    this.toldAt = -Infinity;
  }

  private bad(state: 'silent' | 'away', reason: string): void {
    this.state = state;
    this.reason = reason;
    this.awaySince ??= this.now();
  }

  private awaySeconds(): number {
    return this.awaySince === null ? 0 : Math.round((this.now() - this.awaySince) / 1_000);
  }
}
