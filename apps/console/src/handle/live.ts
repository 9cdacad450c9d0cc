import type { Projected } from './projector';

/**
 * Tells those who follow that the projection moved on. It carries no entries: a follower reads what is new from the tables, at its
 * own pace, so a slow one costs nothing but its own delay.
 */
export class Live {
  private readonly followers = new Set<Follower>();

  get count(): number {
    return this.followers.size;
  }

  announce({ sequenceIds }: Projected): void {
    const changed = new Set(sequenceIds);
    for (const follower of this.followers) {
      if (follower.sequenceId === null || changed.has(follower.sequenceId)) follower.wake();
    }
  }

  /** @param sequenceId null: every entry */
  follow(sequenceId: string | null): Follower {
    const follower = new Follower(sequenceId, () => this.followers.delete(follower));
    this.followers.add(follower);
    return follower;
  }

  /** Ends every follower: at shutdown. */
  close(): void {
    for (const follower of this.followers) follower.end();
  }
}

export class Follower {
  private woken = false;
  private wakeUp: (() => void) | null = null;
  ended = false;

  constructor(
    readonly sequenceId: string | null,
    private readonly leave: () => void,
  ) {}

  wake(): void {
    this.woken = true;
    this.wakeUp?.();
  }

  end(): void {
    this.ended = true;
    this.leave();
    this.wake();
  }

  /** Resolves when something was announced since the last call, or after that time with `false`. */
  async change(timeoutMs: number): Promise<boolean> {
    if (!this.woken) await this.sleep(timeoutMs);
    const { woken } = this;
    this.woken = false;
    return woken;
  }

  private sleep(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
