import type { AsOfPage, ExplainedAnswer, MutationItem, OutsideAnswer } from '@causeway/console-api';
import { EXIT } from '../exit-codes';
import { explainedText, mutationsText, outsideText } from '../format/mutations';
import type { Session } from '../session';
import { limitOf } from './number-flags';
import { allPages, tellMore } from './pages';
import { momentOf } from './time-flag';
import { writeProofs, type ProofFlags } from './proofs';

export interface MutationsFlags extends ProofFlags {
  readonly target?: string;
  readonly resource?: string;
  readonly class?: string;
  readonly unexplained?: boolean;
  readonly since?: string;
  readonly limit: string;
}

/** Changes seen at targets, newest first. */
export async function mutations(session: Session, flags: MutationsFlags): Promise<number> {
  const { target, resource, since, unexplained } = flags;
  const query = {
    ...(target && { target }),
    ...(resource && { resource }),
    ...(since && { since: momentOf(since, '--since', session.io.now()) }),
    ...(flags.class && { class: flags.class }),
    ...(unexplained && { unexplained: 'true' }),
  };
  const limit = limitOf(flags.limit);
  const { asOf, items, more } = await allPages<AsOfPage<MutationItem>>(session, '/v1/mutations', limit, query);
  session.answer({ asOf, items }, (shown) => mutationsText(shown.items, shown.asOf), items);
  tellMore(session, more, limit);
  await writeProofs(session, { asOf, items }, flags);
  return EXIT.done;
}

export interface OutsideFlags extends ProofFlags {
  readonly from: string;
  readonly to?: string;
  readonly target?: string[];
}

/** Exit codes: 0 nothing was done outside; 1 something was; 3 nobody can tell for all of it. */
export async function outside(session: Session, { from, to, target = [], ...flags }: OutsideFlags): Promise<number> {
  const moment = (text: string, flag: string): string => momentOf(text, flag, session.io.now());
  const query = new URLSearchParams({ from: moment(from, '--from'), ...(to && { to: moment(to, '--to') }) });
  target.forEach((name) => query.append('target', name));
  const answer = await session.client.get<OutsideAnswer>(`/v1/mutations/outside?${query}`);
  session.answer(answer, (shown) => outsideText(shown, session.paint), [answer]);
  await writeProofs(session, answer, flags);
  return answer.answer === 'no' ? EXIT.done : answer.answer === 'yes' ? EXIT.failed : EXIT.waiting;
}

export async function explained(session: Session): Promise<number> {
  const answer = await session.client.get<ExplainedAnswer>('/v1/mutations/explained');
  session.answer(answer, explainedText, answer.targets);
  return EXIT.done;
}
