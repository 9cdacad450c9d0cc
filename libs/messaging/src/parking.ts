import type { EventBus } from './bus';
import type { Sealed } from './envelopes';
import { messageOf, type Log } from './log';

const BACKOFF_MS = { first: 100, most: 5_000 };

export interface ParkingOptions {
  readonly bus: Pick<EventBus, 'send'>;
  readonly log: Log;
  /** Nothing is sent again any more. */
  isOver(): boolean;
  pause(ms: number): Promise<void>;
}

/** Sends dead letters until the broker has them: the places they are from count as handled only then. */
export class Parking {
  private repeating = 0;

  constructor(private readonly options: ParkingOptions) {}

  /** While letters are sent again and again, offsets stand still: no sign of death. */
  isRepeating(): boolean {
    return this.repeating > 0;
  }

  /** True once they are acknowledged; false when it was over before that. */
  async send(letters: readonly Sealed[]): Promise<boolean> {
    if (await this.attempt(letters, BACKOFF_MS.first)) return true;
    this.repeating++;
    try {
      return await this.repeat(letters);
    } finally {
      this.repeating--;
    }
  }

  private async repeat(letters: readonly Sealed[]): Promise<boolean> {
    for (let backoff = BACKOFF_MS.first; !this.options.isOver();) {
      await this.options.pause(backoff);
      backoff = Math.min(backoff * 2, BACKOFF_MS.most);
      if (await this.attempt(letters, backoff)) return true;
    }
    return false;
  }

  private async attempt(letters: readonly Sealed[], backoff: number): Promise<boolean> {
    const { bus, log, isOver } = this.options;
    try {
      await bus.send(letters);
      return true;
    } catch (error) {
      const text = `dead letters not sent, again in ${backoff} ms: ${messageOf(error)}`;
      if (!isOver()) log.warn({ letters: letters.length }, text);
      return false;
    }
  }
}
