import type { ClassificationData } from '@causeway/contracts';
import type { Tx } from '@causeway/persistence';
import { evolveTarget, UNTOUCHED, type FoldedMutation, type TargetState } from '@causeway/sequence-core';

/** One fact of a target's stream, with as much of its mutation as the fold needs. */
export interface TargetFact {
  readonly classification: ClassificationData;
  readonly mutation: FoldedMutation;
}

/** States of these targets as their stored facts say. */
export async function loadTargets(tx: Tx, names: readonly string[]): Promise<Map<string, TargetState>> {
  const states = new Map<string, TargetState>(names.map((name) => [name, UNTOUCHED]));
  if (names.length === 0) return states;
  const rows = await tx.query<{ target: string; body: string }>(
    `SELECT target, body FROM target_fact WHERE target = ANY($1::text[]) ORDER BY target, version`,
    [names],
    'load-targets',
  );
  for (const { target, body } of rows) {
    const { classification, mutation } = JSON.parse(body) as TargetFact;
    states.set(target, evolveTarget(states.get(target) ?? UNTOUCHED, classification, mutation));
  }
  return states;
}

/** Throws a unique violation (23505) when another writer was there first: nothing is appended then. */
export async function appendTargetFacts(tx: Tx, facts: readonly TargetFact[]): Promise<void> {
  await tx.query(
    `INSERT INTO target_fact (target, version, body) SELECT * FROM unnest($1::text[], $2::int[], $3::text[])`,
    [
      facts.map(({ classification }) => classification.target),
      facts.map(({ classification }) => classification.version),
      facts.map((fact) => JSON.stringify(fact)),
    ],
    'append-target-facts',
  );
}

/** A sequence and the version it is stored at. */
export interface StoredHead {
  readonly id: string;
  readonly version: number;
}

/** The sequences that mutations of these targets may have to do with: open ones, the last ended ones, and those named. */
export function headsAround(tx: Tx, targets: readonly string[], named: readonly string[]): Promise<StoredHead[]> {
  return tx.query<StoredHead>(
    `SELECT id, version FROM sequence WHERE status = 'open' AND targets && $1::text[]
     UNION SELECT id, version FROM sequence WHERE id = ANY($2::uuid[])
     UNION SELECT s.id, s.version FROM target t, unnest(t.ended) AS e(id) JOIN sequence s USING (id)
       WHERE t.name = ANY($1::text[])`,
    [targets, named],
    'heads-around',
  );
}

/** A sequence that ended, and a target it was about. */
export interface EndedAt {
  readonly target: string;
  readonly sequenceId: string;
}

/** Remembers the last sequences that ended, by target. */
export async function noteEnded(tx: Tx, ended: readonly EndedAt[]): Promise<void> {
  await tx.query(
    `INSERT INTO target AS t (name, ended)
       SELECT name, array_agg(id) FROM unnest($1::text[], $2::uuid[]) AS e(name, id) GROUP BY name ORDER BY name
     ON CONFLICT (name) DO UPDATE SET ended = (excluded.ended || t.ended)[1:20]`,
    [ended.map(({ target }) => target), ended.map(({ sequenceId }) => sequenceId)],
    'note-ended',
  );
}
