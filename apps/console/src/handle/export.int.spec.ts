import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, startPostgres } from '@causeway/lab';
import { openDatabase, type Database } from '@causeway/persistence';
import { consoleMigrations } from '../store/migrations';
import { readyExport } from './export';

jest.setTimeout(60_000);

const LARGE = 400_000;
const MIB = 1024 * 1024;

let stop: () => Promise<void> = () => Promise.resolve();
let database: Database;

beforeAll(async () => {
  const dir = mkdtempSync(join(tmpdir(), 'causeway-export-'));
  const postgres = await startPostgres({ dir, say: () => undefined, durable: false });
  stop = () => postgres.stop();
  const url = await createDatabase(postgres.url, `export_${process.pid}`);
  database = await openDatabase({ url, schema: 'console', migrations: consoleMigrations, poolSize: 2 });
});
afterAll(async () => {
  await database?.close();
  await stop();
});

/** So many entries, each with its index and this much more in its leaf, all under one checkpoint. */
async function stored(entries: number, bytes: number): Promise<void> {
  await database.query('truncate entry, tree_node, checkpoint, export_header');
  await database.query(
    `insert into entry select i, gen_random_uuid(), 'type', 'topic', null, null, now(), i || repeat('x', $2)
       from generate_series(0, $1 - 1) as i`,
    [entries, bytes],
  );
  await database.query(
    `insert into tree_node select 0, i, sha256(i::text::bytea) from generate_series(0, $1::int - 1) as i`,
    [entries],
  );
  await database.query(`update projection set next_index = $1`, [entries]);
  await database.query(`insert into checkpoint values ($1, 'origin', 'note')`, [entries]);
  await database.query(`insert into export_header(line, note) values ('header', 'note')`);
}

async function pieces(): Promise<string[]> {
  const all: string[] = [];
  for await (const piece of (await readyExport(database)).lines()) all.push(piece);
  return all;
}

const indicesIn = (text: string): number[] => text.match(/^\d+(?=x)/gm)?.map(Number) ?? [];

describe('an export of large entries', () => {
  it('is made in pieces of a few megabytes, with every entry once and in order', async () => {
    await stored(40, LARGE);
    const [header, ...rest] = await pieces();
    const seal = rest.pop() as string;
    expect(header).toBe('header\n');
    expect(Math.max(...rest.map(({ length }) => length))).toBeLessThan(4 * MIB + LARGE + 10);
    expect(indicesIn(rest.join(''))).toEqual(Array.from({ length: 40 }, (_, index) => index));
    expect(JSON.parse(seal)).toMatchObject({ entries: 40 });
  });

  it('takes an entry that is larger than a piece by itself', async () => {
    await stored(2, 5 * MIB);
    expect((await pieces()).slice(1, -1).map((piece) => indicesIn(piece))).toEqual([[0], [1]]);
  });

  it('does not leave out what is missing without a word', async () => {
    await stored(3, 1);
    await database.query('delete from entry where index > 0');
    await expect(pieces()).rejects.toThrow('entry 1 is not there');
  });
});

describe('an export of small entries', () => {
  it('is made in pieces of a thousand', async () => {
    await stored(1_500, 1);
    expect((await pieces()).slice(1, -1).map((piece) => indicesIn(piece).length)).toEqual([1_000, 500]);
  });
});
