import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres, type Postgres } from '@causeway/lab';
import { openDatabase, type Database } from './database';
import { createOutboxStore, outboxMigration } from './outbox';
import { keepsItsPages } from './queue-table';

jest.setTimeout(60_000);
let postgres: Postgres;
const closers: (() => Promise<void>)[] = [];
beforeAll(async () => {
  const dir = mkdtempSync(join(tmpdir(), 'causeway-queue-table-'));
  postgres = await startPostgres({ dir, say: () => undefined, durable: false });
  closers.push(() => postgres.stop());
});
afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

const MANY = 5_000;

/** An outbox that was full, was sent and was vacuumed, with its statements planned after that, on the one connection there is. */
async function usedOutbox(
  schema: string,
  ...more: Parameters<typeof openDatabase>[0]['migrations']
): Promise<Database> {
  const options = { url: postgres.url, schema: `${schema}_${process.pid}`, poolSize: 1 };
  const database = await openDatabase({ ...options, migrations: [outboxMigration, ...more] });
  closers.push(() => database.close());
  const rows = await database.query<{ id: string }>(
    `insert into outbox(topic, key, signature, value) select 't', 'k', 's', convert_to(repeat('x', 500), 'UTF8')
       from generate_series(1, ${MANY}) returning id`,
  );
  const outbox = createOutboxStore(database);
  await outbox.deleteSent(rows.map(({ id }) => id));
  await database.query('vacuum analyze outbox');
  // From the sixth time on a plan is kept.
  for (let times = 1; times <= 10; times++) await outbox.deleteSent([String(MANY + times)]);
  return database;
}

async function planOf(database: Database): Promise<string> {
  const lines = await database.query<{ 'QUERY PLAN': string }>(`explain execute "outbox-delete" ('{1}', '{1}')`);
  return lines.map((line) => line['QUERY PLAN']).join('\n');
}

describe('a table whose rows live for a moment', () => {
  it('is gone through by its index, also when it was vacuumed while it was empty', async () => {
    expect(await planOf(await usedOutbox('kept', keepsItsPages('outbox')))).toMatch(/Index.* Scan.* on outbox/);
  });

  it('would be read whole from then on, had vacuum given its pages back', async () => {
    expect(await planOf(await usedOutbox('given_back'))).toContain('Seq Scan on outbox');
  });
});
