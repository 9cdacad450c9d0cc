import type { Tx } from '@causeway/persistence';
import type { Place, StoredWaiting } from '../handle/ports';

/** The highest place of each partition that any table accounts for. One index look-up a partition and table. */
export async function highestPlaces(database: Tx, partitions: readonly Omit<Place, 'offset'>[]): Promise<Place[]> {
  const rows = await database.query<Place>(HIGHEST, [JSON.stringify(partitions)]);
  return rows;
}

const newestOf = (table: string): string =>
  `select max("offset") as "offset" from ${table} where topic = p.topic and partition = p.partition`;

const HIGHEST = `
  select p.topic, p.partition, max(m."offset")::text as "offset"
  from json_to_recordset($1::json) as p(topic text, partition int)
  cross join lateral (${['entry', 'duplicate', 'parked'].map(newestOf).join(' union all ')}) as m
  where m."offset" is not null
  group by p.topic, p.partition`;

/** Messages that were waiting for a cause when the service ended, in order of their arrival. */
export async function stillWaiting(database: Tx): Promise<StoredWaiting[]> {
  const rows = await database.query<Place & Pick<StoredWaiting, 'message'>>(WAITING);
  return rows.map(({ topic, partition, offset, message }) => ({ place: { topic, partition, offset }, message }));
}

const WAITING = `
  select w.topic, w.partition, w."offset"::text as "offset", w.message from waiting w
  where not exists (select from entry e where (e.topic, e.partition, e."offset") = (w.topic, w.partition, w."offset"))
    and not exists (select from duplicate d where (d.topic, d.partition, d."offset") = (w.topic, w.partition, w."offset"))
  order by w.at, w.topic, w.partition, w."offset"`;
