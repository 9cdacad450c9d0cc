import type { EntryItem, Page, TargetEvent } from '@causeway/console-api';
import { EXIT } from '../exit-codes';
import { entriesText, targetHistoryText } from '../format/history';
import type { Session } from '../session';
import { limitOf } from './number-flags';
import { allPages } from './pages';
import { isSequenceId } from './sequence-ref';

export interface HistoryFlags {
  readonly limit: string;
}

/** Of a sequence when it is named by its id, of a target otherwise. */
export async function history(session: Session, ref: string, flags: HistoryFlags): Promise<number> {
  const limit = limitOf(flags.limit);
  if (isSequenceId(ref)) {
    const { items: entries } = await allPages<Page<EntryItem>>(session, `/v1/sequences/${ref}/history`, limit);
    session.answer({ items: entries }, () => entriesText(entries), entries);
    return EXIT.done;
  }
  const path = `/v1/targets/${encodeURIComponent(ref)}/history`;
  const { items: events } = await allPages<Page<TargetEvent>>(session, path, limit);
  session.answer({ items: events }, () => targetHistoryText(ref, events), events);
  return EXIT.done;
}
