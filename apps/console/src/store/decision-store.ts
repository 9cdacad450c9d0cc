import type { Settlement, Verb } from '@causeway/contracts';
import type { Tx } from '@causeway/persistence';

/** A decision that was taken over HTTP, by its sequence and idempotency key. */
export interface StoredDecision {
  readonly id: string;
  readonly sequenceId: string;
  readonly key: string;
  /** SHA-256 of what makes two requests the same. */
  readonly bodyDigest: string;
  readonly verb: Verb;
  readonly accept: readonly string[];
  /** Of `settle`; of any other null. */
  readonly settle: Settlement | null;
  readonly reason: string;
  readonly decidedBy: string;
  /** RFC 3339. */
  readonly submittedAt: string;
}

interface Row {
  readonly id: string;
  readonly sequence_id: string;
  readonly key: string;
  readonly body_digest: string;
  readonly verb: Verb;
  readonly accept: string[];
  readonly settle: Settlement | null;
  readonly reason: string;
  readonly decided_by: string;
  readonly submitted_at: Date;
}

const storedOf = (row: Row): StoredDecision => ({
  id: row.id,
  sequenceId: row.sequence_id,
  key: row.key,
  bodyDigest: row.body_digest,
  verb: row.verb,
  accept: row.accept,
  settle: row.settle,
  reason: row.reason,
  decidedBy: row.decided_by,
  submittedAt: row.submitted_at.toISOString(),
});

/** Stores a decision unless its key is taken; answers what is stored under the key, and whether it is this one, new. */
export async function claimDecision(
  tx: Tx,
  wanted: StoredDecision,
): Promise<{ readonly fresh: boolean; readonly stored: StoredDecision }> {
  const { id, sequenceId, key, bodyDigest, verb, accept, settle, reason, decidedBy, submittedAt } = wanted;
  const made = await tx.query(
    `insert into operator_decision(id, sequence_id, key, body_digest, verb, accept, settle, reason, decided_by, submitted_at)
       values ($1, $2, $3, $4, $5, $6::uuid[], $7, $8, $9, $10) on conflict (sequence_id, key) do nothing returning key`,
    [id, sequenceId, key, bodyDigest, verb, accept, settle, reason, decidedBy, submittedAt],
  );
  if (made.length > 0) return { fresh: true, stored: wanted };
  const stored = await decisionUnder(tx, sequenceId, key);
  if (!stored) throw new Error(`broken invariant: the key ${key} conflicts and is not there`);
  return { fresh: false, stored };
}

export async function decisionUnder(tx: Tx, sequenceId: string, key: string): Promise<StoredDecision | null> {
  const [row] = await tx.query<Row>('select * from operator_decision where sequence_id = $1 and key = $2', [
    sequenceId,
    key,
  ]);
  return row ? storedOf(row) : null;
}

export async function findDecision(tx: Tx, sequenceId: string, id: string): Promise<StoredDecision | null> {
  const [row] = await tx.query<Row>('select * from operator_decision where sequence_id = $1 and id = $2', [
    sequenceId,
    id,
  ]);
  return row ? storedOf(row) : null;
}
