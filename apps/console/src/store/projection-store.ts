import { packBytes, type Tx } from '@causeway/persistence';
import type { FrontierState } from '@causeway/ledger-core';
import { targetsOf, type Folded } from '../fold/folded';
import type { Recorded } from '../fold/recorded';
import type { TargetRow } from '../fold/target-events';
import type { SequenceRow } from '../fold/summary';

/** A complete subtree of the ledger's tree: 2^level leaves from leaf index * 2^level on. */
export interface TreeNode {
  readonly level: number;
  readonly index: number;
  readonly hash: Uint8Array;
}

/** What the stored folds and rows look like. A release that changes them counts on, and makes the projection again. */
const SHAPE = 5;

interface Head {
  /** Names this life of the projection. */
  readonly generation: string;
  /** Every index below it is in. */
  readonly next: number;
  /** Whether it was made by a release that stored other things. */
  readonly isOfAnotherShape: boolean;
}

export async function projectionHead(tx: Tx): Promise<Head> {
  const [row] = await tx.query<{ generation: string; next_index: string; shape: number }>(
    'select generation, next_index, shape from projection',
  );
  if (!row) throw new Error('broken invariant: the projection has no head');
  return { generation: row.generation, next: Number(row.next_index), isOfAnotherShape: row.shape !== SHAPE };
}

/** Moves the head. False: another process moved it since. */
export async function moveHead(tx: Tx, from: number, to: number): Promise<boolean> {
  const rows = await tx.query(
    'update projection set next_index = $2 where next_index = $1 returning next_index',
    [from, to],
    'console-move-head',
  );
  return rows.length === 1;
}

/** The right edge of the tree of that size, from the stored subtrees. */
export async function loadFrontier(tx: Tx, size: number): Promise<FrontierState> {
  const coordinates = edgeOf(size);
  const hashes = await loadNodes(tx, coordinates);
  return { size, hashes: coordinates.map(({ level, index }) => Buffer.from(hashes(level, index)).toString('hex')) };
}

/** The subtrees that make up [0, size), largest first. */
function edgeOf(size: number): { level: number; index: number }[] {
  const edge: { level: number; index: number }[] = [];
  for (let level = 0, leaves = 1; leaves <= size; level++, leaves *= 2) {
    if (Math.floor(size / leaves) % 2 === 1) edge.unshift({ level, index: Math.floor(size / leaves) - 1 });
  }
  return edge;
}

/** All these subtrees in one read. The reader throws for one that is not stored. */
export async function loadNodes(
  tx: Tx,
  coordinates: readonly { level: number; index: number }[],
): Promise<(level: number, index: number) => Uint8Array> {
  const rows = await tx.query<{ level: number; index: string; hash: Buffer }>(
    `select n.level, n.index, n.hash from tree_node n
       join unnest($1::smallint[], $2::bigint[]) as wanted(level, index) using (level, index)`,
    [coordinates.map(({ level }) => level), coordinates.map(({ index }) => index)],
    'console-tree-nodes',
  );
  const found = new Map(rows.map(({ level, index, hash }) => [`${level}/${index}`, hash]));
  return (level, index) => {
    const hash = found.get(`${level}/${index}`);
    if (!hash) throw new Error(`broken invariant: tree node ${level}/${index} is not stored`);
    return hash;
  };
}

export async function insertEntries(tx: Tx, entries: readonly Recorded[]): Promise<void> {
  const column = <T>(of: (entry: Recorded) => T): T[] => entries.map(of);
  const { bytes, starts, lengths } = packBytes(entries.map(({ leaf }) => Buffer.from(leaf, 'utf8')));
  await tx.query(
    `insert into entry(index, event_id, type, topic, sequence_id, step, recorded_at, leaf)
       select index, event_id, type, topic, sequence_id, step, recorded_at, ${textAt('$8')}
       from unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::timestamptz[], $9::int[], $10::int[])
         as e(index, event_id, type, topic, sequence_id, step, recorded_at, start, length)`,
    [
      column((entry) => entry.index),
      column((entry) => entry.eventId),
      column((entry) => entry.type),
      column((entry) => entry.topic),
      column((entry) => entry.sequenceId),
      column((entry) => entry.step),
      column((entry) => entry.recordedAt),
      bytes,
      starts,
      lengths,
    ],
    'console-insert-entries',
  );
}

/** Long texts go as one parameter and are cut out of it: quoting them one by one as a text[] was most of the CPU of an insert. */
const textAt = (parameter: string): string =>
  `convert_from(substring(${parameter}::bytea from start for length), 'UTF8')`;

export async function insertNodes(tx: Tx, nodes: readonly TreeNode[]): Promise<void> {
  const { bytes, starts, lengths } = packBytes(nodes.map(({ hash }) => hash));
  await tx.query(
    `insert into tree_node(level, index, hash)
       select level, index, substring($3::bytea from start for length)
       from unnest($1::smallint[], $2::bigint[], $4::int[], $5::int[]) as n(level, index, start, length)`,
    [nodes.map(({ level }) => level), nodes.map(({ index }) => index), bytes, starts, lengths],
    'console-insert-nodes',
  );
}

export async function upsertSequences(tx: Tx, rows: readonly SequenceRow[]): Promise<void> {
  if (rows.length === 0) return;
  const column = <T>(of: (row: SequenceRow) => T): T[] => rows.map(of);
  const { bytes, starts, lengths } = packBytes(rows.map(({ folded }) => Buffer.from(JSON.stringify(folded), 'utf8')));
  await tx.query(
    `insert into sequence(id, first_index, status, waiting_for, waiting_since, folded, targets, last_at)
       select id, first_index, status, waiting_for, waiting_since, ${textAt('$6')}, string_to_array(targets, ' '), last_at
       from unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::timestamptz[], $7::int[], $8::int[], $9::text[], $10::timestamptz[])
         as s(id, first_index, status, waiting_for, waiting_since, start, length, targets, last_at)
       on conflict (id) do update set status = excluded.status, waiting_for = excluded.waiting_for,
         waiting_since = excluded.waiting_since, folded = excluded.folded, targets = excluded.targets, last_at = excluded.last_at`,
    [
      column((row) => row.folded.sequenceId),
      column((row) => row.folded.firstIndex),
      column((row) => row.status),
      column((row) => row.waitingFor),
      column((row) => row.waitingSince),
      bytes,
      starts,
      lengths,
      column((row) => targetsOf(row.folded).join(' ')),
      column((row) => row.folded.lastAt),
    ],
    'console-upsert-sequences',
  );
}

export async function insertTargetRows(tx: Tx, rows: readonly TargetRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(
    `insert into target_event(target, index, ordinal, body)
       select * from unnest($1::text[], $2::bigint[], $3::int[], $4::text[])`,
    [
      rows.map(({ target }) => target),
      rows.map(({ index }) => index),
      rows.map(({ ordinal }) => ordinal),
      rows.map((row) => JSON.stringify(row)),
    ],
    'console-insert-target-events',
  );
}

export async function loadFolded(tx: Tx, ids: readonly string[]): Promise<Folded[]> {
  if (ids.length === 0) return [];
  const rows = await tx.query<{ folded: string }>(
    'select folded from sequence where id = any($1::uuid[])',
    [ids],
    'console-load-sequences',
  );
  return rows.map(({ folded }) => JSON.parse(folded) as Folded);
}

/** The last told of a size counts: a ledger that got a new key signs its newest again, and the export header names only that key. */
export async function insertCheckpoints(
  tx: Tx,
  checkpoints: readonly { readonly size: number; readonly origin: string; readonly note: string }[],
): Promise<void> {
  await tx.query(
    `insert into checkpoint(size, origin, note)
       select distinct on (size) size, origin, note
       from unnest($1::bigint[], $2::text[], $3::text[]) with ordinality as told(size, origin, note, nth)
       order by size, nth desc
       on conflict (size) do update set origin = excluded.origin, note = excluded.note`,
    [checkpoints.map(({ size }) => size), checkpoints.map(({ origin }) => origin), checkpoints.map(({ note }) => note)],
    'console-insert-checkpoints',
  );
}

export interface ExportHeaderRow {
  readonly line: string;
  readonly note: string;
}

export async function putExportHeader(tx: Tx, { line, note }: ExportHeaderRow): Promise<void> {
  await tx.query(
    `insert into export_header(line, note) values ($1, $2)
       on conflict (one) do update set line = excluded.line, note = excluded.note`,
    [line, note],
  );
}

/** Empties the projection; its new generation names a new consumer group, which reads the topics from their start. */
export async function emptyProjection(tx: Tx): Promise<void> {
  await tx.query(
    'truncate entry, tree_node, checkpoint, export_header, sequence, target_event, mutation, coverage, unprojected',
  );
  await tx.query('update projection set next_index = 0, generation = gen_random_uuid(), shape = $1', [SHAPE]);
}
