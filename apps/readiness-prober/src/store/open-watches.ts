import type { WatchData } from '@causeway/contracts';
import type { Tx } from '@causeway/persistence';
import type { OpenWatch, Sighted } from '../watch/open-watch';

/** A request to begin with. */
export type NewWatch = Pick<OpenWatch, 'watchId' | 'correlationId' | 'request'>;

interface Row {
  readonly watch_id: string;
  readonly correlation_id: string;
  readonly request: WatchData;
  readonly ending: boolean;
  readonly looked_until_ms: number | null;
  readonly remaining_ms: number;
}

/** A sequence that never ends is not watched for ever; see docs/reference/target-file.md. */
const WATCH_FOR = '24 hours';

const INSERT = `insert into open_watch (watch_id, correlation_id, request, watch_until)
  select "watchId", "correlationId", request, clock_timestamp() + interval '${WATCH_FOR}'
  from jsonb_to_recordset($1::jsonb) as new("watchId" uuid, "correlationId" text, request jsonb)`;

export async function insertWatches(tx: Tx, watches: readonly NewWatch[]): Promise<void> {
  if (watches.length > 0) await tx.query(INSERT, [JSON.stringify(watches)], 'watches-insert');
}

/** Their sequences have ended. Ids of watches that are over are nobody's. */
export async function endWatches(tx: Tx, watchIds: readonly string[]): Promise<void> {
  if (watchIds.length === 0) return;
  await tx.query('update open_watch set ending = true where watch_id = any($1::uuid[])', [watchIds], 'watches-end');
}

/** Open watches: all, or those of these ids. */
export async function openWatches(tx: Tx, watchIds: readonly string[] | null = null): Promise<OpenWatch[]> {
  if (watchIds?.length === 0) return [];
  const rows = await tx.query<Row>(
    `select watch_id, correlation_id, request, ending, looked_until_ms::float8,
      greatest(0, extract(epoch from watch_until - clock_timestamp()) * 1000)::float8 as remaining_ms
      from open_watch where $1::uuid[] is null or watch_id = any($1::uuid[]) order by watch_until`,
    [watchIds],
  );
  return rows.map(openWatch);
}

const NOTE = `with said as (
    select * from jsonb_to_recordset($1::jsonb) as s("watchId" uuid, "lookedUntil" bigint, last boolean)),
  over as (delete from open_watch using said where watch_id = "watchId" and last returning watch_id),
  noted as (update open_watch set looked_until_ms = "lookedUntil" from said
    where watch_id = "watchId" and not last returning watch_id)
  select watch_id from over union all select watch_id from noted`;

/** Notes until when was looked, and ends the watches of which all is said. Returns the ids that were open. */
export async function noteSightings(tx: Tx, sightings: readonly Sighted[]): Promise<string[]> {
  if (sightings.length === 0) return [];
  const said = sightings.map(({ watch, lookedUntil, last }) => ({ watchId: watch.watchId, lookedUntil, last }));
  const rows = await tx.query<Pick<Row, 'watch_id'>>(NOTE, [JSON.stringify(said)], 'watches-note');
  return rows.map((row) => row.watch_id);
}

const openWatch = (row: Row): OpenWatch => ({
  watchId: row.watch_id,
  correlationId: row.correlation_id,
  request: row.request,
  ending: row.ending,
  lookedUntil: row.looked_until_ms,
  remainingMs: row.remaining_ms,
});
