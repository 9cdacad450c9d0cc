import { resealed, signatureOf, type OutboxRow, type OutboxStore, type Sealed } from '@causeway/messaging';
import type { Database, Tx } from './database';
import type { Migration } from './migrations';
import { packBytes, plainArray, textArray } from './packed-bytes';

/**
 * Messages decided and not yet acknowledged. Headers are not kept: they follow from the value and the signature. Rows live
 * for half a second, so the table is vacuumed by what changed, not by its size.
 */
export const outboxMigration: Migration = {
  name: 'outbox',
  sql: `create table outbox (
    id bigint generated always as identity primary key,
    topic text not null, key text not null, signature text not null, value bytea not null,
    created_at timestamptz not null default clock_timestamp()
  ) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000)`,
};

const INSERT = `insert into outbox(topic, key, signature, value)
  select topic, key, signature, substring($4::bytea from start for length)
  from unnest($1::text[], $2::text[], $3::text[], $5::int[], $6::int[]) with ordinality as m(topic, key, signature, start, length, nr)
  order by nr returning id`;

/** A row from the future was written before the database's clock was set back: left out, it would be overtaken by later ones of its key. */
const PENDING = `select id, topic, key, signature, value from outbox
  where created_at <= clock_timestamp() - $2 * interval '1 millisecond' or created_at > clock_timestamp() order by id limit $1`;

/** Ids come in runs without gaps: a range a run instead of an id a row. */
const DELETE = `delete from outbox using unnest($1::bigint[], $2::bigint[]) as run(first, last) where id between run.first and run.last`;

interface PendingRow {
  readonly id: string;
  readonly topic: string;
  readonly key: string;
  readonly signature: string;
  readonly value: Buffer;
}

export function createOutboxStore(database: Database): OutboxStore<Tx> {
  return {
    insert: insertOutbox,
    async pending(limit, olderThanMs) {
      const rows = await database.query<PendingRow>(PENDING, [limit, olderThanMs], 'outbox-pending');
      return rows.map(({ id, topic, key, value, signature }) => ({
        place: id,
        sealed: resealed(topic, key, value, signature),
      }));
    },
    async deleteSent(places) {
      const runs = runsOf(places);
      await database.query(DELETE, [runs.map((run) => run.first), runs.map((run) => run.last)], 'outbox-delete');
    },
    onCommitInDoubt: (listener) => database.onCommitInDoubt(listener),
  };
}

async function insertOutbox(tx: Tx, messages: readonly Sealed[]): Promise<OutboxRow[]> {
  if (messages.length === 0) return [];
  const { bytes, starts, lengths } = packBytes(messages.map((message) => message.value));
  const rows = await tx.query<{ id: string }>(
    INSERT,
    [
      textArray(messages.map(({ topic }) => topic)),
      textArray(messages.map(({ key }) => key)),
      textArray(messages.map(signatureOf)),
      bytes,
      plainArray(starts),
      plainArray(lengths),
    ],
    'outbox-insert',
  );
  return rows.map(({ id }, i) => ({ place: id, sealed: messages[i] as Sealed }));
}

/** Runs of consecutive numbers. */
export function runsOf(places: readonly string[]): { first: number; last: number }[] {
  const sorted = places.map(Number).sort((a, b) => a - b);
  const runs: { first: number; last: number }[] = [];
  for (const place of sorted) {
    const run = runs[runs.length - 1];
    if (run && place === run.last + 1) run.last = place;
    else runs.push({ first: place, last: place });
  }
  return runs;
}
