import { isOver, type EntryItem, type SequenceView } from '@causeway/console-api';
import { followEvents } from './client/events';
import { EXIT } from './exit-codes';
import { Narrator } from './format/narrate';
import { shown } from './format/shown';
import { holdsText } from './format/status';
import type { Session } from './session';

/** A quiet wait is told again this often, milliseconds: a person should see that it is still the same. */
const REMIND_MS = 20_000;

export interface Following {
  /** Milliseconds; null: as long as it takes. */
  readonly timeoutMs: number | null;
  /** Where lines for people go. */
  readonly tell: (line: string) => void;
  /** Every ledger entry, for machines. */
  readonly onEntry?: (entry: EntryItem) => void;
}

/**
 * Follows a sequence to its end, or until the time is over, and answers with what it is then. Lines come from the ledger's own entries, so
 * they are complete and in order whatever the connection does.
 */
export async function follow(session: Session, id: string, following: Following): Promise<SequenceView> {
  const { io, client } = session;
  const stop = new AbortController();
  const stopped = AbortSignal.any([stop.signal, io.interrupted]);
  const timer = following.timeoutMs === null ? undefined : setTimeout(() => stop.abort(), following.timeoutMs);
  const reminder = new Reminder(session, id, following.tell);
  const narrator = new Narrator(session.paint);
  try {
    for await (const { event, data } of followEvents(client, `/v1/sequences/${id}/stream`, io, stopped)) {
      if (event !== 'entry') continue;
      const lines = narrator.linesOf(shown(data as EntryItem));
      lines.forEach(following.tell);
      if (lines.length > 0) reminder.restart();
      following.onEntry?.(data as EntryItem);
    }
  } finally {
    clearTimeout(timer);
    reminder.stop();
  }
  return client.get<SequenceView>(`/v1/sequences/${id}`);
}

/** Says again what is waited for when nothing was told for a while. */
class Reminder {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly session: Session,
    private readonly id: string,
    private readonly tell: (line: string) => void,
  ) {
    this.restart();
  }

  restart(): void {
    this.stop();
    this.timer = setInterval(() => void this.remind(), REMIND_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async remind(): Promise<void> {
    const { client, paint, io } = this.session;
    const view = await client.get<SequenceView>(`/v1/sequences/${this.id}`).catch(() => null);
    if (view && view.holds.length > 0) this.tell(`still: ${holdsText(shown(view.holds), io.now(), paint)}`);
  }
}

export function exitCodeOf({ status }: SequenceView): number {
  if (!isOver(status)) return EXIT.waiting;
  return status === 'failed' || status === 'aborted' || status === 'rejected' ? EXIT.failed : EXIT.done;
}
