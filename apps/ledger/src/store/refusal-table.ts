import { resealed, signatureOf, type Sealed } from '@causeway/messaging';
import type { Database } from '@causeway/persistence';

const ADD = `insert into refusal (event_id, topic, key, signature, value) values ($1, $2, $3, $4, $5) on conflict do nothing`;
const UNRECORDED = `select topic, key, signature, value from refusal r
  where not exists (select from entry e where e.event_id = r.event_id) order by at limit 100`;

interface Row {
  readonly topic: string;
  readonly key: string;
  readonly signature: string;
  readonly value: string;
}

/** Word that replaced writers have left: they may not send any more, and may not append. Rows are only added. */
export class RefusalTable {
  constructor(private readonly database: Database) {}

  async add(sealed: Sealed): Promise<void> {
    const { id, topic, key, value } = sealed;
    await this.database.query(ADD, [id, topic, key, signatureOf(sealed), value.toString('utf8')]);
  }

  /** Those that are not in the log. */
  async unrecorded(): Promise<Sealed[]> {
    const rows = await this.database.query<Row>(UNRECORDED, [], 'unrecorded-refusals');
    return rows.map(({ topic, key, value, signature }) => resealed(topic, key, Buffer.from(value, 'utf8'), signature));
  }
}
