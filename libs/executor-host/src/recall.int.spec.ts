import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, startPostgres } from '@causeway/lab';
import { openDatabase, type Database } from '@causeway/persistence';
import { executorMigrations } from './migrations';
import { ObservingStore } from './observing/observing-store';
import { recallIn } from './recall';

jest.setTimeout(60_000);

let database: Database;
let stop: () => Promise<void> = () => Promise.resolve();

beforeAll(async () => {
  const dir = mkdtempSync(join(tmpdir(), 'causeway-recall-'));
  const postgres = await startPostgres({ dir, say: () => undefined, durable: false });
  stop = () => postgres.stop();
  const url = await createDatabase(postgres.url, `recall_${process.pid}`);
  database = await openDatabase({ url, schema: 'recall', migrations: executorMigrations, poolSize: 2 });
});
afterAll(async () => {
  await database?.close();
  await stop();
});

const ODD = { name: 'a\u0000b', 'key\u0000': ['\\u0000', 'ü', '\ud800'] };

describe('what a target said', () => {
  it('is recalled as it was, whatever characters it holds', async () => {
    const recall = recallIn(database);
    await recall.keep('k', 'first');
    await recall.keep('k', ODD);
    expect(await recall.get('k')).toEqual(ODD);
    expect(await recall.get('nobody')).toBeUndefined();
  });

  it('is a cursor that is found again, whatever characters it holds', async () => {
    const store = new ObservingStore(database, 'edge');
    const holder = '00000000-0000-7000-8000-000000000001';
    await store.sit(holder);
    await store.asHolder(holder, (tx) => store.move(tx, { cursor: ODD, toldTo: '2026-01-01T00:00:00.000Z' }));
    expect((await store.sit(holder))?.cursor).toEqual(ODD);
  });
});
