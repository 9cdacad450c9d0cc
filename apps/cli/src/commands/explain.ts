import type { Explanation } from '@causeway/console-api';
import { EXIT } from '../exit-codes';
import { explainText } from '../format/explain';
import type { Session } from '../session';
import { sequenceIdFrom } from './sequence-ref';

export async function explain(session: Session, ref: string, step: string | undefined): Promise<number> {
  const query = step === undefined ? '' : `?step=${encodeURIComponent(step)}`;
  const answer = await session.client.get<Explanation>(`/v1/sequences/${sequenceIdFrom(ref)}/explain${query}`);
  session.answer(answer, (shown) => explainText(shown, session.io.now(), session.paint));
  return EXIT.done;
}
