import type { AsOfPage, UpstreamAnswer, WaitingItem } from '@causeway/console-api';
import { EXIT } from '../exit-codes';
import { upstreamText, waitingText } from '../format/situation';
import type { Session } from '../session';
import { allPages } from './pages';
import { momentOf } from './time-flag';
import { writeProofs, type ProofFlags } from './proofs';

/** Most open sequences that are told. */
const MOST_WAITING = 1_000;

export interface UpstreamFlags extends ProofFlags {
  readonly since: string;
}

export async function upstream(session: Session, target: string, flags: UpstreamFlags): Promise<number> {
  const query = new URLSearchParams({ since: momentOf(flags.since, '--since', session.io.now()) });
  const answer = await session.client.get<UpstreamAnswer>(
    `/v1/targets/${encodeURIComponent(target)}/upstream?${query}`,
  );
  session.answer(answer, () => upstreamText(answer), answer.items);
  await writeProofs(session, answer, flags);
  return EXIT.done;
}

export async function waiting(session: Session, flags: ProofFlags): Promise<number> {
  const { asOf, items } = await allPages<AsOfPage<WaitingItem>>(session, '/v1/waiting', MOST_WAITING);
  session.answer({ asOf, items }, () => waitingText(items, session.io.now(), session.paint), items);
  await writeProofs(session, { asOf, items }, flags);
  return EXIT.done;
}
