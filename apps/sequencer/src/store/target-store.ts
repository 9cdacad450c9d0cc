import type { ClassificationData } from '@causeway/contracts';
import type { Tx } from '@causeway/persistence';
import { evolveResource, type FoldedMutation, type ResourceState, type TargetState } from '@causeway/sequence-core';

/** One fact of a target's stream, with as much of its mutation as the fold needs. */
export interface TargetFact {
  readonly classification: ClassificationData;
  readonly mutation: FoldedMutation;
}

/** One resource of a target, as far as facts up to a version of the target's stream tell. */
export interface ResourceAt {
  readonly target: string;
  readonly resource: string;
  /** 0: nothing is known of it. */
  readonly version: number;
  readonly state: ResourceState | undefined;
}

/**
 * States of the targets of these resources, with no other resource in them: a target may have many more, and years of facts. Of each only
 * the facts are read that came after what is known of it, so what is known may be old, but has to be stored.
 */
export async function loadTargets(tx: Tx, known: readonly ResourceAt[]): Promise<Map<string, TargetState>> {
  const rows = await tx.query<ResourceRow>(
    `SELECT w.place, head.version AS head, f.body
       FROM unnest($1::text[], $2::text[], $3::int[]) WITH ORDINALITY AS w (target, resource, after, place)
       CROSS JOIN LATERAL (SELECT max(version) AS version FROM target_fact WHERE target = w.target) AS head
       LEFT JOIN target_fact AS f ON f.target = w.target AND f.resource = w.resource AND f.version > w.after
       ORDER BY w.place, f.version`,
    [known.map(({ target }) => target), known.map(({ resource }) => resource), known.map(({ version }) => version)],
    'load-targets',
  );
  return statesOf(known, rows);
}

/** `place` counts what was asked for from 1; `head` is the version of the whole target, null: it has no facts. */
interface ResourceRow {
  readonly place: string | number;
  readonly head: number | null;
  readonly body: string | null;
}

function statesOf(known: readonly ResourceAt[], rows: readonly ResourceRow[]): Map<string, TargetState> {
  const states = new Map<string, { version: number; resources: Map<string, ResourceState> }>();
  for (const { target, resource, state } of known) {
    const made = states.get(target) ?? { version: 0, resources: new Map<string, ResourceState>() };
    states.set(target, made);
    if (state) made.resources.set(resource, state);
  }
  for (const { place, head, body } of rows) {
    const { target, resource } = known[Number(place) - 1] as ResourceAt;
    const made = states.get(target) as { version: number; resources: Map<string, ResourceState> };
    made.version = head ?? 0;
    if (body === null) continue;
    const { classification, mutation } = JSON.parse(body) as TargetFact;
    made.resources.set(resource, evolveResource(made.resources.get(resource), classification, mutation));
  }
  return states;
}

/** Throws a unique violation (23505) when another writer was there first: nothing is appended then. */
export async function appendTargetFacts(tx: Tx, facts: readonly TargetFact[]): Promise<void> {
  await tx.query(
    `INSERT INTO target_fact (target, version, resource, body)
       SELECT * FROM unnest($1::text[], $2::int[], $3::text[], $4::text[])`,
    [
      facts.map(({ classification }) => classification.target),
      facts.map(({ classification }) => classification.version),
      facts.map(({ mutation }) => mutation.resource),
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
