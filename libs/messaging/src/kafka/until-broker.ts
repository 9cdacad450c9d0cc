import { messageOf, type Log } from '../log';
import { pause } from '../pause';
import { Backoff } from './backoff';
import { isFinal } from './broker-trouble';

const PAUSE_MS = { first: 250, most: 5_000 };
const TELL_EVERY_MS = 10_000;

export interface Waiting {
  readonly log: Log;
  /** What waits, for the log. */
  readonly what: string;
  isClosed(): boolean;
  /** Told why it waits, and null in the end. */
  onTrouble?(trouble: string | null): void;
}

/** Tries again and again, without end while the broker is away. Throws what the broker says as its last word, and the last error when closed. */
export async function untilBroker<T>(attempt: () => Promise<T>, waiting: Waiting): Promise<T> {
  const backoff = new Backoff(PAUSE_MS.first, PAUSE_MS.most);
  const since = performance.now();
  for (let toldAt = -Infinity; ; await pause(backoff.next())) {
    try {
      const result = await attempt();
      waiting.onTrouble?.(null);
      return result;
    } catch (error) {
      if (isFinal(error) || waiting.isClosed()) throw error;
      const now = performance.now();
      if (now - toldAt < TELL_EVERY_MS) continue;
      toldAt = now;
      const waitedForSeconds = Math.round((now - since) / 1_000);
      waiting.onTrouble?.(messageOf(error));
      waiting.log.warn({ waitedForSeconds }, `${waiting.what}, and it goes on when it is there: ${messageOf(error)}`);
    }
  }
}
