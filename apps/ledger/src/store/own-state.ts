import type { Tx } from '@causeway/persistence';

/** What of the log's own work is not done yet, and what was parked. Ages by the database's clock, milliseconds. */
export interface LogWork {
  /** Entries that are known to be on the topic and are not in the tables. */
  readonly cut: number;
  readonly waiting: number;
  readonly waitingMs: number | null;
  readonly parked: number;
  readonly parkedLately: number;
  readonly lastParked: { readonly place: string; readonly reason: string; readonly ageMs: number } | null;
}

/** Parked messages that somebody should still look at. */
const LATELY = '24 hours';

const age = (at: string): string => `(extract(epoch from clock_timestamp() - ${at}) * 1000)::float8`;

const WORK = `
  with edge as (select coalesce(max(size), 0) as size from published),
  log as (select coalesce(max(size), 0) as size from head),
  still as (select w.at from waiting w
    where not exists (select from entry e where (e.topic, e.partition, e."offset") = (w.topic, w.partition, w."offset"))
      and not exists (select from duplicate d where (d.topic, d.partition, d."offset") = (w.topic, w.partition, w."offset")))
  select greatest(0, edge.size - log.size)::int as cut,
    (select count(*)::int from still) as waiting, (select ${age('min(at)')} from still) as "waitingMs",
    (select count(*)::int from parked) as parked,
    (select count(*)::int from parked where at > clock_timestamp() - interval '${LATELY}') as "parkedLately"
  from edge, log`;

const LAST_PARKED = `select topic || '/' || partition || '/' || "offset" as place, reason, ${age('at')} as "ageMs"
  from parked order by at desc limit 1`;

/** Only reads; for the self-check. */
export async function logWork(tx: Tx): Promise<LogWork> {
  const [work] = await tx.query<Omit<LogWork, 'lastParked'>>(WORK);
  const [last] = await tx.query<NonNullable<LogWork['lastParked']>>(LAST_PARKED);
  return { ...(work as Omit<LogWork, 'lastParked'>), lastParked: last ?? null };
}

/** Entries that are not known to be on the topic, and since when the first of them is in the log. */
export interface Unpublished {
  readonly entries: number;
  readonly oldestMs: number | null;
}

const UNPUBLISHED = `
  with edge as (select case when $1::boolean then coalesce(max(size), 0) else 0 end as size from published),
  log as (select coalesce(max(size), 0) as size from head)
  select greatest(0, log.size - edge.size)::int as entries,
    (select ${age('h.at')} from head h where h.size > edge.size order by h.size limit 1) as "oldestMs"
  from edge, log`;

/**
 * By the position that the ledger notes within a second or so. A message holds several entries, so counting those on the topic tells
 * nothing; but one that is empty holds none.
 */
export async function unpublished(tx: Tx, hasMessages: boolean): Promise<Unpublished> {
  const [row] = await tx.query<Unpublished>(UNPUBLISHED, [hasMessages]);
  return row as Unpublished;
}
