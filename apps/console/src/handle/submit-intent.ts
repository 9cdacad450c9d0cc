import { INTENT_TYPE, plan as planSchema, topicNames, type IntentData } from '@causeway/contracts';
import type { SubmittedIntent } from '@causeway/console-api';
import { canonicalJson } from '@causeway/ledger-core';
import type { Draft, OutboxRow, Sealed } from '@causeway/messaging';
import type { Database, Tx } from '@causeway/persistence';
import { schemaProblems } from '@causeway/sequence-core';
import { sha256Hex } from '@causeway/signing';
import { planNameOf } from '../fold/folded';
import { sequenceIdFor } from '../fold/recorded';
import { claimSubmission, isOutboxOver, type Submission } from '../store/submission-store';
import { MAX_PROBLEMS, Refused } from './refused';

export interface SubmitPorts {
  readonly database: Database;
  insertOutbox(tx: Tx, sealed: readonly Sealed[]): Promise<OutboxRow[]>;
  /** Called right after the commit. */
  relay(rows: readonly OutboxRow[]): void;
  seal(drafts: readonly Draft[]): Sealed[];
  readonly principal: string;
  /** Messages that may wait unsent before no more intents are taken. */
  readonly mostUnsent: number;
}

export interface SubmitRequest {
  readonly key: string;
  readonly mode: 'apply' | 'preview';
  readonly plan: IntentData['plan'];
  readonly subject: string;
}

/**
 * Takes an intent once. The row of the key and the intent's outbox row are one transaction, so a repeat either finds both or
 * nothing; the answer is made of the row, so it is the same each time. It waits for no broker: while that is away intents are taken up to
 * a limit, and sent afterwards in the order in which they came.
 */
export async function submitIntent(ports: SubmitPorts, request: SubmitRequest): Promise<SubmittedIntent> {
  mustBePlan(request.plan);
  const wanted = submissionOf(ports.principal, request);
  const sealed = sealIntent(ports, request, wanted);
  const { stored, rows } = await ports.database.transaction(async (tx) => {
    const claimed = await claimSubmission(tx, wanted);
    if (!claimed.fresh) return { stored: claimed.stored, rows: [] };
    const [isOver, inserted] = await Promise.all([
      isOutboxOver(tx, ports.mostUnsent - 1),
      ports.insertOutbox(tx, sealed),
    ]);
    if (isOver) throw outboxFull(ports.mostUnsent);
    return { stored: claimed.stored, rows: inserted };
  });
  if (stored.bodyDigest !== wanted.bodyDigest) throw keyReused(request.key);
  if (rows.length > 0) ports.relay(rows);
  const { sequenceId, key, mode, planDigest } = stored;
  return { sequenceId, key, mode, planDigest, location: `/v1/sequences/${sequenceId}` };
}

/** Only the form: whether targets, steps and rungs exist is the sequencer's to say, and recorded. */
function mustBePlan(plan: IntentData['plan']): void {
  const problems = schemaProblems(planSchema, plan).slice(0, MAX_PROBLEMS);
  if (problems.length === 0) return;
  const errors = problems.map((problem) => ({ ...problem, pointer: `/plan${problem.pointer}` }));
  throw new Refused(422, 'plan-invalid', `The plan has ${errors.length} problem(s).`, errors);
}

function submissionOf(principal: string, { key, mode, plan, subject }: SubmitRequest): Submission {
  const planDigest = sha256Hex(canonicalJson(plan));
  return {
    key,
    bodyDigest: sha256Hex(canonicalJson({ mode, planDigest })),
    sequenceId: sequenceIdFor(principal, key),
    mode,
    planDigest,
    plan: planNameOf(plan),
    requestedBy: subject,
  };
}

function sealIntent(ports: SubmitPorts, { key, mode, plan, subject }: SubmitRequest, wanted: Submission): Sealed[] {
  const data: IntentData = { key, mode, plan, planDigest: wanted.planDigest, requestedBy: subject };
  const { sequenceId } = wanted;
  const draft = { topic: topicNames.intents, key, type: INTENT_TYPE, subject: sequenceId, correlationId: sequenceId };
  try {
    return ports.seal([{ ...draft, causationIds: [], data }]);
  } catch (error) {
    if (error instanceof RangeError) throw new Refused(413, 'plan-too-large', error.message);
    throw error;
  }
}

/** A repeat of what was taken before is answered all the same. */
const outboxFull = (most: number): Refused =>
  new Refused(
    503,
    'outbox-full',
    `${most} messages wait for the broker, which cannot be reached: nothing more is taken until it is. Try again.`,
  );

const keyReused = (key: string): Refused =>
  new Refused(
    422,
    'idempotency-key-reused',
    `The key "${key}" was used for another plan or mode. Send the same body again, or choose another key.`,
  );
