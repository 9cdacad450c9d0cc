import type { Database, Tx } from '@causeway/persistence';

export async function publishedSize(tx: Tx): Promise<number> {
  const [row] = await tx.query<{ size: string | null }>('select max(size) as size from published');
  return Number(row?.size ?? 0);
}

/** How far the log is known to be on its topic. Rows are only added: the highest counts. */
export class PublishedTable {
  constructor(private readonly database: Database) {}

  /** Entries below this index are on the topic. */
  async size(): Promise<number> {
    return publishedSize(this.database);
  }

  async reached(size: number): Promise<void> {
    await this.database.query('insert into published (size) values ($1) on conflict do nothing', [size]);
  }
}
