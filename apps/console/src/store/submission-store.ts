import type { Tx } from '@causeway/persistence';

/** An intent that was taken over HTTP, by its idempotency key. */
export interface Submission {
  readonly key: string;
  /** SHA-256 of what makes two requests the same: mode and plan. */
  readonly bodyDigest: string;
  readonly sequenceId: string;
  readonly mode: 'apply' | 'preview';
  readonly planDigest: string;
  readonly plan: string;
  readonly requestedBy: string;
}

interface SubmissionRow {
  readonly key: string;
  readonly body_digest: string;
  readonly sequence_id: string;
  readonly mode: 'apply' | 'preview';
  readonly plan_digest: string;
  readonly plan: string;
  readonly requested_by: string;
  readonly requested_at: Date;
}

const INSERT = `insert into submission(key, body_digest, sequence_id, mode, plan_digest, plan, requested_by)
  values ($1, $2, $3, $4, $5, $6, $7) on conflict (key) do nothing returning key`;

/** Stores a submission unless its key is taken; answers what is stored under the key, and whether it is this one, new. */
export async function claimSubmission(tx: Tx, wanted: Submission): Promise<{ fresh: boolean; stored: Submission }> {
  const { key, bodyDigest, sequenceId, mode, planDigest, plan, requestedBy } = wanted;
  const made = await tx.query(
    INSERT,
    [key, bodyDigest, sequenceId, mode, planDigest, plan, requestedBy],
    'console-claim-submission',
  );
  if (made.length > 0) return { fresh: true, stored: wanted };
  const [row] = await tx.query<SubmissionRow>('select * from submission where key = $1', [key]);
  if (!row) throw new Error(`broken invariant: the key ${key} conflicts and is not there`);
  return { fresh: false, stored: submissionOf(row) };
}

const IS_FULL = 'select from outbox order by id offset $1 limit 1';

/** Whether more than so many messages wait to be sent. */
export async function isOutboxOver(tx: Tx, most: number): Promise<boolean> {
  return (await tx.query(IS_FULL, [most], 'console-outbox-over')).length > 0;
}

export interface TimedSubmission extends Submission {
  readonly requestedAt: string;
}

export async function findSubmission(tx: Tx, sequenceId: string): Promise<TimedSubmission | null> {
  const [row] = await tx.query<SubmissionRow>(
    'select * from submission where sequence_id = $1',
    [sequenceId],
    'console-find-submission',
  );
  return row ? { ...submissionOf(row), requestedAt: row.requested_at.toISOString() } : null;
}

const submissionOf = (row: SubmissionRow): Submission => ({
  key: row.key,
  bodyDigest: row.body_digest,
  sequenceId: row.sequence_id,
  mode: row.mode,
  planDigest: row.plan_digest,
  plan: row.plan,
  requestedBy: row.requested_by,
});
