import type { EvolutionRecord } from '@causeway/contracts';
import { inTurn, type Tx } from '@causeway/persistence';
import { ABSENT, evolve, nextLook, type SequenceState } from '@causeway/sequence-core';

/** What one batch of decisions leaves of one sequence. */
export interface StreamChange {
  readonly sequenceId: string;
  /** Version of the state the facts were decided on. */
  readonly expectedVersion: number;
  readonly facts: readonly EvolutionRecord[];
  readonly state: SequenceState;
}

export const versionOf = (state: SequenceState): number => (state.status === 'absent' ? 0 : state.version);

/** States of these sequences as their stored facts say. Absent ones are `absent`. */
export async function loadStates(tx: Tx, ids: readonly string[]): Promise<Map<string, SequenceState>> {
  const states = new Map<string, SequenceState>(ids.map((id) => [id, ABSENT]));
  if (ids.length === 0) return states;
  const rows = await tx.query<{ sequence_id: string; body: string }>(
    `SELECT sequence_id, body FROM fact WHERE sequence_id = ANY($1::uuid[]) ORDER BY sequence_id, version`,
    [ids],
    'load-streams',
  );
  for (const { sequence_id: id, body } of rows)
    states.set(id, evolve(states.get(id) ?? ABSENT, JSON.parse(body) as EvolutionRecord));
  return states;
}

/**
 * Appends facts after the versions they were decided on and moves the heads, in two statements whatever the number of
 * sequences. Throws a unique violation (23505) when another writer was there first: nothing is appended then.
 */
export async function appendFacts(tx: Tx, changes: readonly StreamChange[], at: string): Promise<void> {
  const rows = changes.flatMap(({ sequenceId, expectedVersion, facts }) =>
    facts.map((fact, i) => ({ sequenceId, version: expectedVersion + 1 + i, body: JSON.stringify(fact) })),
  );
  const appended =
    rows.length > 0 &&
    tx.query(
      `INSERT INTO fact (sequence_id, version, body) SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[])`,
      [rows.map((row) => row.sequenceId), rows.map((row) => row.version), rows.map((row) => row.body)],
      'append-facts',
    );
  const moved = tx.query(
    `INSERT INTO sequence (id, version, status, look_at_ms, targets)
     SELECT id, version, status, look_at_ms, string_to_array(targets, ' ')
     FROM unnest($1::uuid[], $2::int[], $3::text[], $4::bigint[], $5::text[]) AS s(id, version, status, look_at_ms, targets)
     ON CONFLICT (id) DO UPDATE SET version = excluded.version, status = excluded.status,
       look_at_ms = excluded.look_at_ms, updated_at = now()`,
    [
      changes.map(({ sequenceId }) => sequenceId),
      changes.map(({ state }) => versionOf(state)),
      changes.map(({ state }) => state.status),
      changes.map(({ state }) => lookAtMs(state, at)),
      changes.map(({ state }) => targetsOf(state).join(' ')),
    ],
    'move-heads',
  );
  await inTurn([appended, moved]);
}

/** Names of the targets that a sequence is to change; of a preview or a rejected one none. */
export const targetsOf = (state: SequenceState): string[] =>
  'acceptance' in state && state.acceptance.mode === 'apply'
    ? [...new Set(state.acceptance.steps.map(({ target }) => target))]
    : [];

function lookAtMs(state: SequenceState, at: string): number | null {
  const next = nextLook(state, at);
  return next === null ? null : Date.parse(next);
}

/** Ids of sequences whose time has come, oldest first. */
export async function dueSequences(database: Tx, nowMs: number, limit: number): Promise<string[]> {
  const rows = await database.query<{ id: string }>(
    `SELECT id FROM sequence WHERE look_at_ms <= $1 ORDER BY look_at_ms LIMIT $2`,
    [nowMs, limit],
    'due-sequences',
  );
  return rows.map(({ id }) => id);
}
