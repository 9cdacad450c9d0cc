import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres, type Postgres } from '@causeway/lab';
import type { Sealed } from '@causeway/messaging';
import { openDatabase, type Database } from './database';
import { createOutboxStore, outboxMigration, runsOf } from './outbox';

jest.setTimeout(60_000);
let postgres: Postgres;
let database: Database;
beforeAll(async () => {
  postgres = await startPostgres({
    dir: mkdtempSync(join(tmpdir(), 'causeway-outbox-')),
    say: () => undefined,
    durable: false,
  });
  database = await openDatabase({ url: postgres.url, schema: `outbox_${process.pid}`, migrations: [outboxMigration] });
});
beforeEach(() => database.query('truncate outbox'));
afterAll(async () => {
  await database.close();
  await postgres.stop();
});

const message = (n: number, text = ''): Sealed => {
  const id = `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;
  const envelope = {
    id,
    type: 't',
    source: '/x',
    subject: 's',
    time: 'now',
    correlationId: 'c',
    causationIds: [],
    data: text,
  };
  const value = Buffer.from(JSON.stringify(envelope));
  const headers = {
    'content-type': 'application/json',
    ce_specversion: '1.0',
    ce_id: id,
    ce_source: '/x',
    ce_type: 't',
    ce_subject: 's',
    ce_time: 'now',
    ce_correlationid: 'c',
    ce_causationid: '',
    ce_partitionkey: 'k"\\{}',
    'causeway-signature': `ed25519;x/1;${n}`,
  };
  return { id, topic: 'causeway.x.v1', key: 'k"\\{}', headers, value };
};

describe('the outbox', () => {
  it('gives back what was put in, in order, with headers and bytes unchanged', async () => {
    const store = createOutboxStore(database);
    const messages = Array.from({ length: 500 }, (_, i) => message(i, 'ü"\\\n\u0000'.repeat(i % 7)));
    const rows = await database.transaction((tx) => store.insert(tx, messages));
    expect(rows.map((row) => row.sealed)).toEqual(messages);
    expect(rows.map((row) => Number(row.place))).toEqual(rows.map((_, i) => Number(rows[0]!.place) + i));
    expect(await store.pending(1_000, 0)).toEqual(rows);
    expect(await store.pending(10, 0)).toEqual(rows.slice(0, 10));
    expect(await store.pending(10, 60_000)).toEqual([]);
  });

  it('shows nothing of a transaction that did not commit', async () => {
    const store = createOutboxStore(database);
    const failing = database.transaction(async (tx) => {
      await store.insert(tx, [message(1)]);
      throw new Error('later');
    });
    await expect(failing).rejects.toThrow('later');
    expect(await store.pending(10, 0)).toEqual([]);
    expect(await database.transaction((tx) => store.insert(tx, []))).toEqual([]);
  });

  it('shows what was written before the clock of the database was set back, first', async () => {
    const store = createOutboxStore(database);
    const before = await database.transaction((tx) => store.insert(tx, [message(1)]));
    await database.query("update outbox set created_at = clock_timestamp() + interval '1 hour'");
    const after = await database.transaction((tx) => store.insert(tx, [message(2)]));
    expect(await store.pending(10, 0)).toEqual([...before, ...after]);
    expect(await store.pending(10, 2_000)).toEqual(before);
  });

  it('deletes exactly what was sent', async () => {
    const store = createOutboxStore(database);
    const rows = await database.transaction((tx) =>
      store.insert(
        tx,
        Array.from({ length: 20 }, (_, i) => message(i)),
      ),
    );
    await store.deleteSent(
      rows
        .filter((_, i) => i % 5 !== 0)
        .map((row) => row.place)
        .reverse(),
    );
    expect((await store.pending(100, 0)).map((row) => row.place)).toEqual(
      rows.filter((_, i) => i % 5 === 0).map((row) => row.place),
    );
  });
});

describe('runs of places', () => {
  it('join what is consecutive', () => {
    expect(runsOf(['5', '3', '4', '9', '11', '10'])).toEqual([
      { first: 3, last: 5 },
      { first: 9, last: 11 },
    ]);
    expect(runsOf([])).toEqual([]);
  });
});
