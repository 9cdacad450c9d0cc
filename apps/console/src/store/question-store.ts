import type { SequenceStatus, TargetEvent } from '@causeway/console-api';
import { RECORD_TYPE } from '@causeway/contracts';
import type { Tx } from '@causeway/persistence';
import type { Folded } from '../fold/folded';

/** Reads for the HTTP door. Every one goes by an index; pages go by position, never by offset. */

export interface EntryRow {
  readonly index: string;
  readonly event_id: string;
  readonly type: string;
  readonly topic: string;
  readonly sequence_id: string | null;
  readonly step: string | null;
  readonly recorded_at: Date;
  readonly leaf: string;
}

export interface CheckpointRow {
  readonly size: string;
  readonly origin: string;
  readonly note: string;
}

/** Entries with an index above `after` (-1: from the first), in order. */
export const entriesAfter = (tx: Tx, after: number, limit: number): Promise<EntryRow[]> =>
  tx.query<EntryRow>('select * from entry where index > $1 order by index limit $2', [after, limit], 'console-entries');

/** How much of the ledger is held at a time. An entry is always taken whole. */
export interface PageBounds {
  readonly entries: number;
  /** What comes before the last entry of a page is less than that. */
  readonly bytes: number;
}

/** Leaf texts from index `from` on, below `to`, in order, as many as the bounds allow, and at least one. */
export async function leavesFrom(tx: Tx, from: number, to: number, most: PageBounds): Promise<string[]> {
  const rows = await tx.query<{ leaf: string }>(
    `select leaf from (
       select index, leaf, sum(octet_length(leaf)) over (order by index) - octet_length(leaf) as before
         from (select index, leaf from entry where index >= $1 and index < $2 order by index limit $3) as page
     ) as summed where before < $4 order by index`,
    [from, to, most.entries, most.bytes],
    'console-leaves',
  );
  return rows.map(({ leaf }) => leaf);
}

export const sequenceEntriesAfter = (tx: Tx, sequenceId: string, after: number, limit: number): Promise<EntryRow[]> =>
  tx.query<EntryRow>(
    'select * from entry where sequence_id = $1 and index > $2 order by index limit $3',
    [sequenceId, after, limit],
    'console-sequence-entries',
  );

/** Entries with an index below `before`, newest first. */
export const sequenceEntriesBefore = (tx: Tx, sequenceId: string, before: number, limit: number): Promise<EntryRow[]> =>
  tx.query<EntryRow>(
    'select * from entry where sequence_id = $1 and index < $2 order by index desc limit $3',
    [sequenceId, before, limit],
    'console-sequence-entries-newest',
  );

export async function findEntry(tx: Tx, index: number): Promise<EntryRow | null> {
  const [row] = await tx.query<EntryRow>('select * from entry where index = $1', [index], 'console-entry');
  return row ?? null;
}

export async function findFolded(tx: Tx, id: string): Promise<Folded | null> {
  const [row] = await tx.query<{ folded: string }>(
    'select folded from sequence where id = $1',
    [id],
    'console-find-sequence',
  );
  return row ? (JSON.parse(row.folded) as Folded) : null;
}

/** null: there is no such sequence in the ledger yet. */
export async function findStatus(tx: Tx, id: string): Promise<SequenceStatus | null> {
  const [row] = await tx.query<{ status: SequenceStatus }>(
    'select status from sequence where id = $1',
    [id],
    'console-find-status',
  );
  return row?.status ?? null;
}

/** Newest first, below the position `before` (null: from the newest). */
export async function listFolded(
  tx: Tx,
  filter: { readonly status: string | null; readonly before: number | null; readonly limit: number },
): Promise<Folded[]> {
  const { status, before, limit } = filter;
  const rows = await tx.query<{ folded: string }>(
    `select folded from sequence where ($1::text is null or status = $1) and ($2::bigint is null or first_index < $2)
       order by first_index desc limit $3`,
    [status, before, limit],
  );
  return rows.map(({ folded }) => JSON.parse(folded) as Folded);
}

export interface EventPlace {
  readonly index: number;
  /** Among the events of one entry. */
  readonly ordinal: number;
}
export type PlacedEvent = TargetEvent & { readonly ordinal: number };

export async function targetEventsAfter(
  tx: Tx,
  target: string,
  after: EventPlace,
  limit: number,
): Promise<PlacedEvent[]> {
  const rows = await tx.query<{ body: string }>(
    `select body from target_event where target = $1 and (index, ordinal) > ($2::bigint, $3::int)
       order by index, ordinal limit $4`,
    [target, after.index, after.ordinal, limit],
    'console-target-events',
  );
  return rows.map(eventOf);
}

/** Newest first. */
export async function targetEventsBefore(
  tx: Tx,
  target: string,
  before: EventPlace,
  limit: number,
): Promise<PlacedEvent[]> {
  const rows = await tx.query<{ body: string }>(
    `select body from target_event where target = $1 and (index, ordinal) < ($2::bigint, $3::int)
       order by index desc, ordinal desc limit $4`,
    [target, before.index, before.ordinal, limit],
    'console-target-events-newest',
  );
  return rows.map(eventOf);
}

function eventOf({ body }: { readonly body: string }): PlacedEvent {
  const row = JSON.parse(body) as TargetEvent & EventPlace & { readonly index: number };
  return { ...row, index: String(row.index) };
}

/** The newest checkpoint whose entries are all in the tables. */
export async function newestCheckpoint(tx: Tx): Promise<CheckpointRow | null> {
  const [row] = await tx.query<CheckpointRow>(
    `select size, origin, note from checkpoint where size <= (select next_index from projection)
       order by size desc limit 1`,
    [],
    'console-newest-checkpoint',
  );
  return row ?? null;
}

export async function findExportHeader(tx: Tx): Promise<{ readonly line: string; readonly note: string } | null> {
  const [row] = await tx.query<{ line: string; note: string }>('select line, note from export_header');
  return row ?? null;
}

/** Leaf hashes of [from, to), joined, in order. */
export async function leafHashes(tx: Tx, from: number, to: number): Promise<Buffer> {
  const rows = await tx.query<{ hash: Buffer }>(
    'select hash from tree_node where level = 0 and index >= $1 and index < $2 order by index',
    [from, to],
  );
  return Buffer.concat(rows.map(({ hash }) => hash));
}

/** Exact texts of these entries, by index. */
export async function leavesOf(tx: Tx, indices: readonly number[]): Promise<ReadonlyMap<number, string>> {
  const rows = await tx.query<{ index: string; leaf: string }>(
    'select index, leaf from entry where index = any($1::bigint[])',
    [indices],
  );
  return new Map(rows.map(({ index, leaf }) => [Number(index), leaf]));
}

/** Ledger index of these events of a sequence, by event id. */
export async function eventIndices(
  tx: Tx,
  sequenceId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.query<{ event_id: string; index: string }>(
    'select event_id, index from entry where sequence_id = $1 and event_id = any($2::uuid[])',
    [sequenceId, ids],
    'console-event-indices',
  );
  return new Map(rows.map(({ event_id, index }) => [event_id, Number(index)]));
}

/** Leaf texts of a sequence's records, in order. */
export async function recordLeaves(tx: Tx, sequenceId: string): Promise<{ index: number; leaf: string }[]> {
  const rows = await tx.query<{ index: string; leaf: string }>(
    'select index, leaf from entry where sequence_id = $1 and type = $2 order by index',
    [sequenceId, RECORD_TYPE],
  );
  return rows.map(({ index, leaf }) => ({ index: Number(index), leaf }));
}

/** Sequences that are not over, newest first, below the position `before` (null: from the newest). */
export async function listOpen(tx: Tx, before: number | null, limit: number): Promise<Folded[]> {
  const rows = await tx.query<{ folded: string }>(
    `select folded from sequence where status in ('waiting', 'running') and ($1::bigint is null or first_index < $1)
       order by first_index desc limit $2`,
    [before, limit],
  );
  return rows.map(({ folded }) => JSON.parse(folded) as Folded);
}

/** Sequences with a step at this target that are open or were last recorded of since that time, the latest first. */
export async function sequencesAbout(tx: Tx, target: string, since: string, limit: number): Promise<Folded[]> {
  const rows = await tx.query<{ folded: string }>(
    `select folded from sequence where $1 = any(targets) and (last_at >= $2 or status in ('waiting', 'running'))
       order by last_at desc limit $3`,
    [target, since, limit],
  );
  return rows.map(({ folded }) => JSON.parse(folded) as Folded);
}
