import type { Page, SequenceSummary, SequenceView } from '@causeway/console-api';
import { listText, statusText } from '../format/status';
import { exitCodeOf } from '../follow';
import { EXIT } from '../exit-codes';
import type { Session } from '../session';
import { limitOf } from './number-flags';
import { allPages, tellMore } from './pages';
import { sequenceIdFrom } from './sequence-ref';

export interface StatusFlags {
  readonly status?: string;
  readonly limit: string;
}

/** One sequence, or the list. The exit code of one says how it stands: done, failed, or still under way. */
export async function status(session: Session, ref: string | undefined, flags: StatusFlags): Promise<number> {
  const { client, io, paint } = session;
  if (ref !== undefined) {
    const view = await client.get<SequenceView>(`/v1/sequences/${sequenceIdFrom(ref)}`);
    session.answer(view, (shown) => statusText(shown, io.now(), paint));
    return exitCodeOf(view);
  }
  return list(session, limitOf(flags.limit), flags.status ? { status: flags.status } : {});
}

async function list(session: Session, limit: number, query: Readonly<Record<string, string>>): Promise<number> {
  const { items, nextCursor, more } = await allPages<Page<SequenceSummary>>(session, '/v1/sequences', limit, query);
  session.answer({ items, nextCursor }, (shown) => listText(shown.items, session.io.now()), items);
  tellMore(session, more, limit);
  return EXIT.done;
}
