import type { EntryItem, Page, TargetEvent } from '@causeway/console-api';
import { EXIT } from '../exit-codes';
import { entriesText, targetHistoryText } from '../format/history';
import type { Session } from '../session';
import { isSequenceId } from './sequence-ref';

export interface HistoryFlags {
  readonly limit: string;
}

/** Of a sequence when it is named by its id, of a target otherwise. */
export async function history(session: Session, ref: string, flags: HistoryFlags): Promise<number> {
  if (isSequenceId(ref)) {
    const entries = await allPages<EntryItem>(session, `/v1/sequences/${ref}/history`, Number(flags.limit));
    session.answer({ items: entries }, () => entriesText(entries), entries);
    return EXIT.done;
  }
  const events = await allPages<TargetEvent>(
    session,
    `/v1/targets/${encodeURIComponent(ref)}/history`,
    Number(flags.limit),
  );
  session.answer({ items: events }, () => targetHistoryText(ref, events), events);
  return EXIT.done;
}

async function allPages<T>(session: Session, path: string, limit: number): Promise<T[]> {
  const items: T[] = [];
  for (let cursor: string | null = ''; cursor !== null && items.length < limit;) {
    const query = new URLSearchParams({
      limit: String(Math.min(500, limit - items.length)),
      ...(cursor ? { cursor } : {}),
    });
    const page: Page<T> = await session.client.get<Page<T>>(`${path}?${query}`);
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  return items;
}
