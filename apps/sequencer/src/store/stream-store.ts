import type { EvolutionRecord } from '@causeway/contracts';
import { packBytes, plainArray, textArray, type Tx } from '@causeway/persistence';
import { ABSENT, evolve, nextLookMs, type SequenceState } from '@causeway/sequence-core';

/** What one batch of decisions leaves of one sequence. */
export interface StreamChange {
  readonly sequenceId: string;
  readonly state: SequenceState;
}

/** The facts of one decision, as they are told. */
export interface StoredFacts {
  readonly sequenceId: string;
  /** Of the first of them: one more than that of the state they were decided on. */
  readonly version: number;
  /** A JSON array. */
  readonly json: Buffer;
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
  for (const { sequence_id: id, body } of rows) states.set(id, factsOf(body).reduce(evolve, states.get(id) ?? ABSENT));
  return states;
}

/** Rows from before decision 0024 hold one fact. */
function factsOf(body: string): readonly EvolutionRecord[] {
  const stored = JSON.parse(body) as EvolutionRecord | readonly EvolutionRecord[];
  return Array.isArray(stored) ? (stored as readonly EvolutionRecord[]) : [stored as EvolutionRecord];
}

/**
 * A look at the clock that is still to come is left where it is, unless it has to come earlier: too early it decides nothing, and a head
 * whose indexed columns stay is a cheap write.
 */
const APPEND = `WITH appended AS (
    INSERT INTO fact (sequence_id, version, body)
    SELECT id, version, convert_from(substring($1::bytea FROM start FOR length), 'UTF8')
    FROM unnest($2::uuid[], $3::int[], $4::int[], $5::int[]) AS f(id, version, start, length))
  INSERT INTO sequence AS there (id, version, status, look_at_ms, targets)
  SELECT id, version, status, look_at_ms, string_to_array(targets, ' ')
  FROM unnest($6::uuid[], $7::int[], $8::text[], $9::bigint[], $10::text[]) AS s(id, version, status, look_at_ms, targets)
  ON CONFLICT (id) DO UPDATE SET version = excluded.version, status = excluded.status, updated_at = now(),
    look_at_ms = CASE WHEN excluded.status = 'open' AND there.look_at_ms > $11
      AND there.look_at_ms <= coalesce(excluded.look_at_ms, there.look_at_ms)
      THEN there.look_at_ms ELSE excluded.look_at_ms END`;

/**
 * Appends facts after the versions they were decided on and moves the heads. Throws a unique violation (23505) when another writer was
 * there first: nothing is appended then.
 */
export async function appendFacts(
  tx: Tx,
  changes: readonly StreamChange[],
  told: readonly StoredFacts[],
  nowMs: number,
): Promise<void> {
  const { bytes, starts, lengths } = packBytes(told.map(({ json }) => json));
  const facts = [
    plainArray(told.map(({ sequenceId }) => sequenceId)),
    plainArray(told.map(({ version }) => version)),
    plainArray(starts),
    plainArray(lengths),
  ];
  const heads = [
    plainArray(changes.map(({ sequenceId }) => sequenceId)),
    plainArray(changes.map(({ state }) => versionOf(state))),
    plainArray(changes.map(({ state }) => state.status)),
    plainArray(changes.map(({ state }) => nextLookMs(state, nowMs))),
    textArray(changes.map(({ state }) => targetsOf(state).join(' '))),
  ];
  await tx.query(APPEND, [bytes, ...facts, ...heads, nowMs], 'append-facts');
}

/** Names of the targets that a sequence is to change; of a preview or a rejected one none. */
export const targetsOf = (state: SequenceState): string[] =>
  'acceptance' in state && state.acceptance.mode === 'apply'
    ? [...new Set(state.acceptance.steps.map(({ target }) => target))]
    : [];

/** Ids of sequences whose time has come, oldest first. */
export async function dueSequences(database: Tx, nowMs: number, limit: number): Promise<string[]> {
  const rows = await database.query<{ id: string }>(
    `SELECT id FROM sequence WHERE look_at_ms <= $1 ORDER BY look_at_ms LIMIT $2`,
    [nowMs, limit],
    'due-sequences',
  );
  return rows.map(({ id }) => id);
}
