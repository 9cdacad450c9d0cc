import type { EntryItem, Page, TargetEvent } from '@causeway/console-api';
import { EXIT } from '../exit-codes';
import { entriesText, targetHistoryText } from '../format/history';
import type { Session } from '../session';
import { limitOf } from './number-flags';
import { allPages, tellMore } from './pages';
import { isSequenceId } from './sequence-ref';

export interface HistoryFlags {
  readonly limit: string;
}

/** Of a sequence when it is named by its id, of a target otherwise: the newest rows, told oldest first. */
export async function history(session: Session, ref: string, flags: HistoryFlags): Promise<number> {
  const limit = limitOf(flags.limit);
  if (isSequenceId(ref)) {
    const entries = await newest<EntryItem>(session, `/v1/sequences/${ref}/history`, limit);
    session.answer({ items: entries.items }, ({ items }) => entriesText(items), entries.items);
    tellMore(session, entries.more, limit);
    return EXIT.done;
  }
  const events = await newest<TargetEvent>(session, `/v1/targets/${encodeURIComponent(ref)}/history`, limit);
  session.answer({ items: events.items }, ({ items }) => targetHistoryText(ref, items), events.items);
  tellMore(session, events.more, limit);
  return EXIT.done;
}

async function newest<T>(session: Session, path: string, limit: number): Promise<{ items: T[]; more: boolean }> {
  const { items, more } = await allPages<Page<T>>(session, path, limit, { order: 'newest' });
  return { items: [...items].reverse(), more };
}
