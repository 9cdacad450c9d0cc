import { createHash } from 'node:crypto';
import type { DecisionView, SequenceView } from '@causeway/console-api';
import { limits, type Settlement, type Verb } from '@causeway/contracts';
import { CliFailure, EXIT } from '../exit-codes';
import { shown } from '../format/shown';
import { decisionText } from '../format/situation';
import type { Session } from '../session';
import { keyed } from './keyed';
import { attemptOf } from './number-flags';
import { sequenceIdFrom } from './sequence-ref';

export interface AbortFlags {
  readonly reason: string;
  readonly key?: string;
}

export interface ResumeFlags extends AbortFlags {
  readonly accept?: string[];
  readonly acceptAll?: boolean;
}

/** How long the sequencer's answer is waited for, milliseconds. */
const ANSWER_WITHIN_MS = 20_000;
const LOOK_MS = 200;

/** Begins a sequence, or lets it go on with mutations accepted as they are. */
export async function resume(session: Session, ref: string, flags: ResumeFlags): Promise<number> {
  const id = sequenceIdFrom(ref);
  const view = shown(await session.client.get<SequenceView>(`/v1/sequences/${id}`));
  const undecided = view.mutations.filter(({ holds }) => holds).map((mutation) => mutation.id);
  const named = (flags.accept ?? []).map((text) => mutationFrom(text, view));
  const accept = flags.acceptAll ? undecided.slice(0, limits.acceptedPerDecision) : [...new Set(named)];
  const left = flags.acceptAll ? undecided.length - accept.length : 0;
  if (left > 0)
    session.io.say(`${left} more wait than one decision can accept: say it again until the sequence goes on`);
  return decide(session, id, { verb: 'resume', accept, reason: flags.reason }, flags.key);
}

/** Commands nothing more; the sequence ends once nothing is under way. */
export const abort = (session: Session, ref: string, { reason, key }: AbortFlags): Promise<number> =>
  decide(session, sequenceIdFrom(ref), { verb: 'abort', accept: [], reason }, key);

export interface SettleFlags extends AbortFlags {
  readonly applied?: boolean;
  readonly notApplied?: boolean;
  readonly attempt?: string;
}

/** Says what became of a step whose outcome is unknown. */
export function settle(session: Session, ref: string, step: string, flags: SettleFlags): Promise<number> {
  const { applied = false, notApplied = false, attempt, reason, key } = flags;
  if (applied === notApplied)
    throw new CliFailure(EXIT.badInput, 'say which of both: --applied or --not-applied', 'look at the target first');
  const said = { step, ...(attempt !== undefined && { attempt: attemptOf(attempt) }), applied };
  return decide(session, sequenceIdFrom(ref), { verb: 'settle', accept: [], settle: said, reason }, key);
}

/** The beginning of an id is enough where it names one mutation. */
function mutationFrom(text: string, { mutations }: SequenceView): string {
  const found = mutations.filter(({ id }) => id.startsWith(text.toLowerCase()));
  if (found.length === 1) return (found[0] as { id: string }).id;
  const what = found.length === 0 ? 'no mutation of this sequence is called' : 'several mutations begin with';
  const ids = mutations.map(({ id, detail }) => `  ${id}  ${detail}`).join('\n');
  throw new CliFailure(EXIT.badInput, `${what} ${text}${ids && `\n${ids}`}`, 'or accept them all: --accept-all');
}

interface Body {
  readonly verb: Verb;
  readonly accept: readonly string[];
  readonly settle?: Settlement;
  readonly reason: string;
}

/** Exit codes: 0 taken; 1 refused by the sequencer; 3 no answer yet. */
async function decide(session: Session, id: string, body: Body, givenKey: string | undefined): Promise<number> {
  const { client, io } = session;
  const key = givenKey ?? keyOf(body, io.now());
  const path = `/v1/sequences/${id}/decisions`;
  let decision = await keyed(io, key, () => client.post<DecisionView>(path, body, { 'idempotency-key': key }));
  const endsAt = io.now() + ANSWER_WITHIN_MS;
  while (decision.status === 'submitted' && io.now() < endsAt && !io.interrupted.aborted) {
    await io.sleep(LOOK_MS, io.interrupted);
    decision = await client.get<DecisionView>(decision.location);
  }
  const told = decision;
  session.answer(told, (view) => decisionText(view, session.paint));
  if (told.status === 'submitted') io.say(`no answer yet; it goes on in the server: causeway status ${id}`);
  if (told.status === 'taken') io.say(`follow it with: causeway watch ${id}`);
  return told.status === 'taken' ? EXIT.done : told.status === 'refused' ? EXIT.failed : EXIT.waiting;
}

/** The same words at another moment are another decision. */
const keyOf = (body: Body, nowMs: number): string =>
  `${body.verb}-${createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 16)}-${nowMs}`;
