import type { Tx } from '@causeway/persistence';
import type { PartitionRange, PlaceCounts } from '../handle/balance';

const countOf = (table: string): string =>
  `(select count(*)::int from ${table} where topic = p.topic and partition = p.partition
    and "offset" >= p.start and "offset" < p."end")`;

const STILL_WAITING = `(select w.topic, w.partition, w."offset" from waiting w
  where not exists (select from entry e where (e.topic, e.partition, e."offset") = (w.topic, w.partition, w."offset"))
    and not exists (select from duplicate d where (d.topic, d.partition, d."offset") = (w.topic, w.partition, w."offset"))) as still`;

const COUNTS = `
  select p.topic, p.partition, ${countOf('entry')} as "inLedger", ${countOf('duplicate')} as duplicates,
    ${countOf('parked')} as parked, ${countOf(STILL_WAITING)} as waiting
  from json_to_recordset($1::json) as p(topic text, partition int, start bigint, "end" bigint)`;

/** What the tables hold of each range, by `topic/partition`. All from one snapshot. */
export async function countPlaces(database: Tx, ranges: readonly PartitionRange[]): Promise<Map<string, PlaceCounts>> {
  const asked = ranges.map(({ topic, partition, start, end }) => ({
    topic,
    partition,
    start: String(start),
    end: String(end),
  }));
  const rows = await database.query<Row>(COUNTS, [JSON.stringify(asked)]);
  return new Map(rows.map(({ topic, partition, ...counts }) => [`${topic}/${partition}`, counts]));
}

interface Row extends PlaceCounts {
  readonly topic: string;
  readonly partition: number;
}
