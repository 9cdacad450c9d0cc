import type { DecisionView } from '@causeway/console-api';
import { DECISION_TYPE, topicNames, type DecisionData, type Settlement, type Verb } from '@causeway/contracts';
import { canonicalJson } from '@causeway/ledger-core';
import type { Database } from '@causeway/persistence';
import { jsonProblem, leftOut } from '@causeway/sequence-core';
import { newEventId, sha256Hex } from '@causeway/signing';
import type { Folded } from '../fold/folded';
import { claimDecision, decisionUnder, findDecision, type StoredDecision } from '../store/decision-store';
import { findFolded } from '../store/question-store';
import { Refused } from './refused';
import type { SubmitPorts } from './submit-intent';

export interface DecisionRequest {
  readonly key: string;
  readonly sequenceId: string;
  readonly verb: Verb;
  readonly accept: readonly string[];
  readonly settle: Settlement | null;
  readonly reason: string;
  readonly subject: string;
}

/**
 * Takes an operator's decision once and sends it to the sequencer, which decides what becomes of it. What is certainly wrong by what
 * the ledger says is refused here, with the remedy.
 */
export async function submitDecision(
  ports: SubmitPorts,
  request: DecisionRequest,
  nowMs: number,
): Promise<DecisionView> {
  mustBeText(request.reason);
  const folded = await findFolded(ports.database, request.sequenceId);
  const wanted = storedOf(request, nowMs);
  const before = await decisionUnder(ports.database, request.sequenceId, request.key);
  if (before) return decisionViewOf(sameAs(before, wanted), folded);
  mustTake(folded, request);
  const named = withAttempt(wanted, folded);
  const sealed = ports.seal([draftOf(named)]);
  const { stored, rows } = await ports.database.transaction(async (tx) => {
    const claimed = await claimDecision(tx, named);
    return { stored: claimed.stored, rows: claimed.fresh ? await ports.insertOutbox(tx, sealed) : [] };
  });
  if (rows.length > 0) ports.relay(rows);
  return decisionViewOf(sameAs(stored, wanted), folded);
}

function mustBeText(reason: string): void {
  const problem = jsonProblem({ reason });
  if (problem) throw new Refused(422, 'body-invalid', 'The body is not a decision.', [problem]);
}

function storedOf({ subject, ...request }: DecisionRequest, nowMs: number): StoredDecision {
  const { verb, accept, settle, reason } = request;
  const said = { verb, accept: [...accept].sort(), reason, ...(settle && { settle: { ...settle } }) };
  return {
    ...request,
    id: newEventId(nowMs),
    bodyDigest: sha256Hex(canonicalJson(said)),
    decidedBy: subject,
    submittedAt: new Date(nowMs).toISOString(),
  };
}

/** Who settles a step means the attempt that the ledger showed: one that comes later is no business of this word. */
function withAttempt(wanted: StoredDecision, folded: Folded | null): StoredDecision {
  if (!wanted.settle || folded?.state.status !== 'open') return wanted;
  const state = folded.state.steps[wanted.settle.step];
  return state?.phase === 'outcome-unknown'
    ? { ...wanted, settle: { attempt: state.attempt, ...wanted.settle } }
    : wanted;
}

function draftOf({ id, sequenceId, verb, accept, settle, reason, decidedBy, submittedAt }: StoredDecision) {
  const said = { sequenceId, verb, accept: [...accept], reason, decidedBy };
  const data: DecisionData = settle ? { ...said, settle } : said;
  return {
    ...{ id, time: submittedAt, topic: topicNames.decisions, key: sequenceId, type: DECISION_TYPE },
    ...{ subject: sequenceId, correlationId: sequenceId, causationIds: [], data },
  };
}

function sameAs(stored: StoredDecision, wanted: StoredDecision): StoredDecision {
  if (stored.bodyDigest === wanted.bodyDigest) return stored;
  throw new Refused(
    422,
    'idempotency-key-reused',
    `The key "${wanted.key}" was used for another decision. Send the same body again, or choose another key.`,
  );
}

function mustTake(folded: Folded | null, request: DecisionRequest): void {
  const { sequenceId, verb } = request;
  if (!folded) throw new Refused(404, 'sequence-not-found', `There is no sequence ${sequenceId} in the ledger.`);
  const { state } = folded;
  if (state.status === 'absent')
    throw new Refused(409, 'sequence-not-decided', 'The sequence is not accepted yet. Try again.');
  if (state.status === 'rejected') throw new Refused(409, 'sequence-over', 'The sequence was rejected.');
  if (state.status === 'ended')
    throw new Refused(409, 'sequence-over', `The sequence is ${state.outcome} since ${state.endedAt}.`);
  if (request.settle) return mustSettle(state, request.settle);
  if (state.aborting) throw new Refused(409, 'already-aborting', 'The sequence is being aborted already.');
  if (verb === 'resume') mustResume(state, request);
}

function mustSettle({ steps }: Extract<Folded['state'], { status: 'open' }>, { step, attempt }: Settlement): void {
  const state = Object.hasOwn(steps, step) ? steps[step] : undefined;
  if (!state) {
    const message = `The sequence has no step ${step}; its steps are ${Object.keys(steps).join(', ')}.`;
    throw new Refused(422, 'unknown-step', message, [{ code: 'unknown-step', pointer: '/settle/step', message }]);
  }
  if (state.phase !== 'outcome-unknown')
    throw new Refused(409, 'not-unknown', `Step ${step} is ${state.phase}: there is nothing to settle.`);
  if (attempt !== undefined && attempt !== state.attempt)
    throw new Refused(409, 'other-attempt', `Attempt ${state.attempt} of step ${step} is the unknown one. Look again.`);
}

function mustResume(
  { begun, mutations }: Extract<Folded['state'], { status: 'open' }>,
  { accept }: DecisionRequest,
): void {
  const unknown = accept.flatMap((id, i) => (id in mutations ? [] : [{ id, i }]));
  if (unknown.length > 0) {
    const errors = unknown.map(({ id, i }) => ({
      ...{ code: 'unknown-mutation', pointer: `/accept/${i}` },
      message: `the sequence has not noticed a mutation ${id}`,
    }));
    throw new Refused(422, 'unknown-mutation', 'The sequence has not noticed what is to be accepted.', errors);
  }
  const undecided = Object.entries(mutations).flatMap(([id, { holds }]) => (holds ? [id] : []));
  const left = leftOut({ mutations }, accept);
  if (left.length > 0) {
    const names = left.join(', ');
    throw new Refused(409, 'not-all-accepted', `It goes on only when every mutation is accepted. Left out: ${names}.`);
  }
  if (begun && undecided.length === 0)
    throw new Refused(409, 'nothing-to-resume', 'The sequence waits for no decision of an operator.');
}

/** A decision and what became of it. Refuses an unknown one. */
export async function decisionOf(database: Database, sequenceId: string, id: string): Promise<DecisionView> {
  const folded = await findFolded(database, sequenceId);
  const story = folded?.operators.decisions[id];
  const stored = await findDecision(database, sequenceId, id);
  if (stored) return decisionViewOf(stored, folded);
  if (!story || !folded) throw new Refused(404, 'decision-not-found', `Sequence ${sequenceId} has no decision ${id}.`);
  const { by: decidedBy, at: submittedAt, verb, accept, settle, reason } = story;
  return decisionViewOf({ id, sequenceId, verb, accept, settle, reason, decidedBy, submittedAt }, folded);
}

function decisionViewOf(stored: Omit<StoredDecision, 'key' | 'bodyDigest'>, folded: Folded | null): DecisionView {
  const { id, sequenceId, verb, accept, settle, reason, decidedBy, submittedAt } = stored;
  const story = folded?.operators.decisions[id];
  const outcome = story?.outcome ?? null;
  return {
    ...{ id, sequenceId, verb, accept: [...accept], settle, reason, decidedBy, submittedAt },
    status: outcome === null ? 'submitted' : outcome.problem === null ? 'taken' : 'refused',
    problem: outcome?.problem ?? null,
    index: story ? String(story.index) : null,
    outcomeIndex: outcome ? String(outcome.index) : null,
    location: `/v1/sequences/${sequenceId}/decisions/${id}`,
  };
}
