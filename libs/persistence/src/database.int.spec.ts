import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres, type Postgres } from '@causeway/lab';
import { openDatabase, type Database, type DatabaseOptions } from './database';
import { inboxMigration } from './inbox';
import { DatabaseError } from './database-error';
import type { Migration } from './migrations';

jest.setTimeout(60_000);
let postgres: Postgres;
let schemas = 0;
const opened: Database[] = [];
const table: Migration = { name: 'counters', sql: 'create table counter (name text primary key, value int not null)' };

beforeAll(async () => {
  postgres = await startPostgres({
    dir: mkdtempSync(join(tmpdir(), 'causeway-pg-')),
    say: () => undefined,
    durable: false,
  });
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((database) => database.close()));
});
afterAll(() => postgres.stop());

const freshSchema = (): string => `spec_${process.pid}_${++schemas}`;
async function open(options: Partial<DatabaseOptions> = {}): Promise<Database> {
  const database = await openDatabase({ url: postgres.url, schema: freshSchema(), migrations: [table], ...options });
  opened.push(database);
  return database;
}
const values = async (database: Database): Promise<number[]> =>
  (await database.query<{ value: number }>('select value from counter order by name')).map((row) => row.value);

describe('a schema', () => {
  it('is migrated once by many that start at once', async () => {
    const schema = freshSchema();
    const slow: Migration = { name: 'slow', sql: 'select pg_sleep(0.3); create table once (id int)' };
    const all = await Promise.all([1, 2, 3, 4].map(() => open({ schema, migrations: [table, slow] })));
    const rows = await all[0]!.query<{ name: string }>('select name from schema_version order by version');
    expect(rows.map((row) => row.name)).toEqual(['counters', 'slow']);
  });

  it('is brought further by a newer release, keeping what is there', async () => {
    const schema = freshSchema();
    await (await open({ schema })).query("insert into counter values ('a', 7)");
    const newer = await open({
      schema,
      migrations: [table, { name: 'more', sql: 'alter table counter add column note text' }],
    });
    expect(await newer.query('select * from counter')).toEqual([{ name: 'a', value: 7, note: null }]);
  });

  it.each([
    [
      'older than this release',
      [table],
      [table, inboxMigration],
      { migrate: false },
      /at version 1, this release needs 2: run its migrations/,
    ],
    ['not there at all', null, [table], { migrate: false }, /at version 0, this release needs 1/],
    ['newer than this release', [table, inboxMigration], [table], {}, /at version 2, newer than this release \(1\)/],
    ['newer, and only looked at', [table, inboxMigration], [table], { migrate: false }, /newer than this release/],
    [
      'of another history',
      [table],
      [inboxMigration],
      {},
      /version 1 was made by "counters", this release has another "inbox"/,
    ],
    ['of an edited step', [table], [{ ...table, sql: `${table.sql} ` }], {}, /version 1 was made by "counters"/],
  ])('that is %s is refused with the remedy', async (_, there, ours, more, problem) => {
    const schema = freshSchema();
    if (there) await open({ schema, migrations: there });
    await expect(open({ schema, migrations: ours, ...more })).rejects.toThrow(problem);
  });

  it('is left as it was by a migration that fails, which is named', async () => {
    const schema = freshSchema();
    const broken: Migration = { name: 'broken', sql: 'create table half (id int); select 1/0' };
    await expect(open({ schema, migrations: [table, broken] })).rejects.toThrow(
      /migration 2 \(broken\) of schema .* division by zero/,
    );
    const database = await open({ schema });
    expect(await database.query("select to_regclass('half') as half")).toEqual([{ half: null }]);
  });

  it('of another app is not seen', async () => {
    await (await open()).query("insert into counter values ('mine', 1)");
    expect(await values(await open())).toEqual([]);
  });

  it('can be run as a role that may do less than its owner', async () => {
    const schema = freshSchema();
    const grants: Migration = {
      name: 'reader',
      sql: `do $$ begin create role spec_writer; exception when duplicate_object then null; end $$;
        grant usage on schema ${schema} to spec_writer; grant select, insert on counter to spec_writer`,
    };
    const database = await open({ schema, migrations: [table, grants], role: 'spec_writer' });
    await database.query("insert into counter values ('a', 1)");
    await expect(database.query('delete from counter')).rejects.toThrow(/permission denied/);
    expect(await database.query('select current_user::text as me')).toEqual([{ me: 'spec_writer' }]);
  });
});

describe('a transaction', () => {
  it('that met a server which may only read is worth another try, with another connection', async () => {
    const database = await open({ poolSize: 1 });
    const session = (): Promise<{ pid: number }[]> => database.query('select pg_backend_pid() as pid');
    const before = await session();
    const written = database.transaction(async (tx) => {
      await tx.query('set transaction read only');
      await tx.query("insert into counter values ('a', 1)");
    });
    await expect(written).rejects.toMatchObject({ code: '25006', retriable: true, outcomeUnknown: false });
    expect(await session()).not.toEqual(before);
  });

  it('commits all or nothing', async () => {
    const database = await open();
    await database.transaction((tx) => tx.query("insert into counter values ('a', 1)"));
    const failing = database.transaction(async (tx) => {
      await tx.query("insert into counter values ('b', 2)");
      throw new RangeError('our own');
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(await values(database)).toEqual([1]);
  });

  it('leaves no connection behind, however it ends', async () => {
    const database = await open({ poolSize: 2 });
    for (let i = 0; i < 10; i++) {
      await database.transaction((tx) => tx.query('select 1/0')).catch(() => undefined);
      await database.transaction(() => Promise.reject(new Error('ours'))).catch(() => undefined);
    }
    expect(await database.query('select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('that collides is run again as a whole when that is safe, and is told retriable when not', async () => {
    const database = await open();
    await database.query("insert into counter values ('a', 0)");
    const increment = (safeToRepeat: boolean) =>
      database.transaction(
        async (tx) => {
          await tx.query('set transaction isolation level serializable');
          const [row] = await tx.query<{ value: number }>("select value from counter where name = 'a'");
          await new Promise((resolve) => setTimeout(resolve, 30));
          await tx.query("update counter set value = $1 where name = 'a'", [row!.value + 1]);
        },
        { safeToRepeat },
      );
    await Promise.all([increment(true), increment(true), increment(true)]);
    expect(await values(database)).toEqual([3]);
    const outcomes = await Promise.allSettled([increment(false), increment(false)]);
    const failure = outcomes.find((outcome) => outcome.status === 'rejected')!.reason as DatabaseError;
    expect(failure).toMatchObject({ name: 'DatabaseError', code: '40001', retriable: true, outcomeUnknown: false });
  });

  it.each([
    ['before its commit', (kill: () => Promise<unknown>) => kill()],
    [
      'idle within it',
      async (kill: () => Promise<unknown>) => {
        await kill();
        await new Promise((resolve) => setTimeout(resolve, 100));
      },
    ],
  ])('whose connection is ended %s has no effect, and the next one works', async (_, during) => {
    const database = await open();
    const other = await open();
    const lost = database.transaction(async (tx) => {
      await tx.query("insert into counter values ('a', 1)");
      const [row] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
      await during(() => other.query('select pg_terminate_backend($1)', [row!.pid]));
    });
    await expect(lost).rejects.toMatchObject({ name: 'DatabaseError', retriable: true });
    await database.transaction((tx) => tx.query("insert into counter values ('b', 2)"), { safeToRepeat: true });
    expect(await values(database)).toEqual([2]);
  });

  it('of a defect in its statement is not worth another try', async () => {
    const database = await open();
    await expect(database.query('select nothing from nowhere')).rejects.toMatchObject({
      code: '42P01',
      retriable: false,
    });
    const twice = database.transaction(
      async (tx) => {
        await tx.query("insert into counter values ('a', 1)");
        await tx.query("insert into counter values ('a', 1)");
      },
      { safeToRepeat: true },
    );
    await expect(twice).rejects.toMatchObject({ code: '23505', retriable: false });
  });

  it('runs statements that are started together in their order, and none after one that fails', async () => {
    const database = await open();
    const insert = 'insert into counter values ($1, $2)';
    await database.transaction(async (tx) => {
      const started = Array.from({ length: 50 }, (_, i) => tx.query(insert, [`n${i}`, i], 'spec-insert'));
      const [counted] = await tx.query<{ n: number }>('select count(*)::int as n from counter');
      expect(counted).toEqual({ n: 50 });
      await Promise.all(started);
    });
    const failing = database.transaction((tx) =>
      Promise.all([
        tx.query(insert, ['x', 1], 'spec-insert'),
        tx.query('select 1/0'),
        tx.query(insert, ['y', 1], 'spec-insert'),
      ]),
    );
    await expect(failing).rejects.toMatchObject({ code: '22012' });
    await database.transaction((tx) => tx.query(insert, ['z', 99], 'spec-insert'));
    expect(await values(database)).toHaveLength(51);
  });

  it('prepares a named statement once a connection, and gives bytes as they are', async () => {
    const database = await open({ poolSize: 1 });
    const bytes = Buffer.from([0, 255, 10, 92]);
    const rows = await database.transaction(async (tx) => {
      for (let i = 0; i < 5; i++) await tx.query('select $1::bytea as bytes', [bytes], 'give-back');
      return tx.query<{ bytes: Buffer }>('select $1::bytea as bytes', [bytes], 'give-back');
    });
    expect(rows[0]!.bytes.equals(bytes)).toBe(true);
    expect(await database.query("select name from pg_prepared_statements where name = 'give-back'")).toHaveLength(1);
  });
});

describe('a database that is not there', () => {
  it('is told with the schema and as worth another try', async () => {
    const url = 'postgres://nobody@127.0.0.1:1/none';
    await expect(openDatabase({ url, schema: 'spec', migrations: [] })).rejects.toMatchObject({
      message: expect.stringContaining('cannot open schema spec'),
      retriable: true,
    });
  });

  it.each(['Spec', 'a;drop', '', 'a b'])('refuses %j as a schema name before it connects', async (schema) => {
    await expect(openDatabase({ url: postgres.url, schema, migrations: [] })).rejects.toThrow('not a schema name');
  });
});
