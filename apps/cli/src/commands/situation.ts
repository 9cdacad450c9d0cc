import type { AsOfPage, UpstreamAnswer, WaitingItem } from '@causeway/console-api';
import { EXIT } from '../exit-codes';
import { upstreamText, waitingText } from '../format/situation';
import type { Session } from '../session';
import { limitOf } from './number-flags';
import { allPages, tellMore } from './pages';
import { momentOf } from './time-flag';
import { writeProofs, type ProofFlags } from './proofs';

export interface UpstreamFlags extends ProofFlags {
  readonly since: string;
}

export async function upstream(session: Session, target: string, flags: UpstreamFlags): Promise<number> {
  const query = new URLSearchParams({ since: momentOf(flags.since, '--since', session.io.now()) });
  const answer = await session.client.get<UpstreamAnswer>(
    `/v1/targets/${encodeURIComponent(target)}/upstream?${query}`,
  );
  session.answer(answer, upstreamText, answer.items);
  await writeProofs(session, answer, flags);
  return EXIT.done;
}

export interface WaitingFlags extends ProofFlags {
  readonly limit: string;
}

export async function waiting(session: Session, flags: WaitingFlags): Promise<number> {
  const limit = limitOf(flags.limit);
  const { asOf, items, more } = await allPages<AsOfPage<WaitingItem>>(session, '/v1/waiting', limit);
  session.answer({ asOf, items }, (shown) => waitingText(shown.items, session.io.now(), session.paint), items);
  tellMore(session, more, limit);
  await writeProofs(session, { asOf, items }, flags);
  return EXIT.done;
}
