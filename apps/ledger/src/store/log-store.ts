import { DatabaseError, type Database } from '@causeway/persistence';
import { sha256Hex } from '@causeway/signing';
import {
  AlreadyIn,
  placeName,
  WriterReplaced,
  type Batch,
  type LogStore,
  type Place,
  type StoredEntry,
  type StoredHead,
} from '../handle/ports';
import { publishedSize } from './published-table';
import { APPEND, APPEND_ASIDE, appendParameters, asideParameters } from './append-sql';

/** The tables of the log on Postgres. Only inserts and selects: the role may do nothing else. */
export class PostgresLogStore implements LogStore {
  constructor(private readonly database: Database) {}

  async append(batch: Batch): Promise<void> {
    const hasAside = batch.duplicates.length + batch.parked.length + batch.waiting.length > 0;
    try {
      if (!hasAside) await appendTo(this.database, batch);
      else if (batch.entries.length === 0) await appendAside(this.database, batch);
      else {
        await this.database.transaction(async (tx) => {
          await appendTo(tx, batch);
          await appendAside(tx, batch);
        });
      }
    } catch (error) {
      throw asTaken(error) ?? error;
    }
  }

  async newestHead(): Promise<StoredHead | null> {
    const [row] = await this.database.query<HeadRow>(`${HEADS} order by size desc limit 1`);
    return row ? headOf(row) : null;
  }

  /** The first head that covers at least so many entries. */
  async headFrom(size: number): Promise<StoredHead | null> {
    const [row] = await this.database.query<HeadRow>(`${HEADS} where size >= $1 order by size limit 1`, [size]);
    return row ? headOf(row) : null;
  }

  /** Heads above a size, oldest first. */
  async headsAfter(size: number, limit: number): Promise<StoredHead[]> {
    const rows = await this.database.query<HeadRow>(`${HEADS} where size > $1 order by size limit $2`, [size, limit]);
    return rows.map(headOf);
  }

  async publishedSize(): Promise<number> {
    return publishedSize(this.database);
  }

  async knownEvents(ids: readonly string[]): Promise<Set<string>> {
    const rows = await this.database.query<{ id: string }>(
      'select event_id as id from entry where event_id = any($1::uuid[])',
      [ids],
      'known-events',
    );
    return new Set(rows.map(({ id }) => id));
  }

  async digestsOf(ids: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.database.query<{ id: string; bytes: string }>(
      'select event_id as id, bytes from entry where event_id = any($1::uuid[])',
      [ids],
    );
    return new Map(rows.map(({ id, bytes }) => [id, sha256Hex(recordedValue(bytes))]));
  }

  async knownPlaces(places: readonly Place[]): Promise<Map<string, string | null>> {
    const rows = await this.database.query<Place & { id: string | null }>(KNOWN_PLACES, [JSON.stringify(places)]);
    return new Map(rows.map((row) => [placeName(row), row.id]));
  }

  async entries(from: number, limit: number): Promise<StoredEntry[]> {
    const rows = await this.database.query<EntryRow>(ENTRIES, [from, from + limit], 'entries');
    return rows.map((row) => ({
      index: Number(row.index),
      eventId: row.event_id,
      topic: row.topic,
      partition: row.partition,
      offset: row.offset,
      type: row.type,
      leafHash: row.leaf_hash,
      text: row.bytes,
    }));
  }

  /** The newest event ids, oldest first, and whether there are others. */
  async recentEvents(limit: number): Promise<{ ids: string[]; all: boolean }> {
    const rows = await this.database.query<{ id: string }>(
      'select event_id as id from entry order by index desc limit $1',
      [limit + 1],
    );
    return {
      ids: rows
        .slice(0, limit)
        .map(({ id }) => id)
        .reverse(),
      all: rows.length <= limit,
    };
  }
}

interface EntryRow {
  readonly index: string;
  readonly event_id: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly type: string;
  readonly leaf_hash: Buffer;
  readonly bytes: string;
}

interface HeadRow {
  readonly size: string;
  readonly root: Buffer;
  readonly frontier: string[];
  readonly note: string;
  readonly epoch: string;
}

const ENTRIES = `select index, event_id, topic, partition, "offset"::text as "offset", type, leaf_hash, bytes
  from entry where index >= $1 and index < $2 order by index`;
const HEADS = 'select size, root, frontier, note, epoch from head';

/** Ids are asked with their text, since a bigint does not fit a JSON number. */
const KNOWN_PLACES = `
  with asked as (select * from json_to_recordset($1::json) as r(topic text, partition int, "offset" bigint))
  select topic, partition, "offset"::text as "offset", event_id::text as id from entry join asked using (topic, partition, "offset")
  union all
  select topic, partition, "offset"::text, event_id::text from duplicate join asked using (topic, partition, "offset")
  union all
  select topic, partition, "offset"::text, null from parked join asked using (topic, partition, "offset")`;

const headOf = ({ size, root, frontier, note, epoch }: HeadRow): StoredHead => ({
  size: Number(size),
  root,
  frontier: { size: Number(size), hashes: frontier },
  note,
  epoch: Number(epoch),
});

const recordedValue = (bytes: string): string => (JSON.parse(bytes) as { data: { value: string } }).data.value;

async function appendTo(on: Pick<Database, 'query'>, batch: Batch): Promise<void> {
  mustHaveWritten(await on.query<Written>(APPEND, appendParameters(batch), 'append'), batch);
}

async function appendAside(on: Pick<Database, 'query'>, batch: Batch): Promise<void> {
  mustHaveWritten(await on.query<Written>(APPEND_ASIDE, asideParameters(batch), 'append-aside'), batch);
}

interface Written {
  readonly writers: number;
}

function mustHaveWritten([row]: Written[], { epoch }: Batch): void {
  if (row?.writers !== 1) throw new WriterReplaced(`epoch ${epoch} is over: another ledger writer has taken the log`);
}

const TAKEN: Readonly<Record<string, AlreadyIn['what']>> = {
  entry_event: 'event',
  entry_source: 'place',
  entry_pkey: 'index',
  head_pkey: 'index',
};

/** Which uniqueness an insert ran into, if it did. */
function asTaken(error: unknown): AlreadyIn | null {
  // A transaction hands the driver's error through as the cause.
  const { code, constraint } = ((error instanceof DatabaseError ? error.cause : error) ?? {}) as PgError;
  const what = code === '23505' && constraint ? TAKEN[constraint] : undefined;
  return what ? new AlreadyIn(what, error) : null;
}

interface PgError {
  readonly code?: string;
  readonly constraint?: string;
}
