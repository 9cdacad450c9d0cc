import type { Page, SequenceSummary, SequenceView } from '@causeway/console-api';
import { listText, statusText } from '../format/status';
import { exitCodeOf } from '../follow';
import { EXIT } from '../exit-codes';
import type { Session } from '../session';
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
  const query = new URLSearchParams({ limit: flags.limit, ...(flags.status ? { status: flags.status } : {}) });
  const page = await client.get<Page<SequenceSummary>>(`/v1/sequences?${query}`);
  session.answer(page, (shown) => listText(shown.items, io.now()), page.items);
  if (page.nextCursor !== null) io.say(`there are more: --limit ${Math.min(500, Number(flags.limit) * 2)}`);
  return EXIT.done;
}
