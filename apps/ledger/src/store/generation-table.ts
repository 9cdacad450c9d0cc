import type { Database, Tx } from '@causeway/persistence';
import type { Generation } from '../handle/generations';

const NOTE = `
  insert into generation (topic, number, topic_id, size)
  select g.topic, coalesce((select max(o.number) + 1 from generation o where o.topic = g.topic), 0), g.id,
    coalesce((select max(size) from head), 0)
  from json_to_recordset($1::json) as g(topic text, id text)
  where not exists (select from generation k where (k.topic, k.topic_id) = (g.topic, g.id))
  on conflict do nothing`;
const ALL = `select topic, number, topic_id as id, size::float8 as size, at from generation order by topic, number`;

/** Every generation of every topic that the ledger has met. Read by commands too. */
export const allGenerations = (tx: Tx): Promise<Generation[]> => tx.query<Generation>(ALL);

/** Rows are only added. */
export class GenerationTable {
  constructor(private readonly database: Database) {}

  async note(ids: ReadonlyMap<string, string>): Promise<Generation[]> {
    const asked = [...ids].map(([topic, id]) => ({ topic, id }));
    await this.database.query(NOTE, [JSON.stringify(asked)]);
    const all = await allGenerations(this.database);
    return all.filter(({ topic }) => ids.has(topic));
  }
}
