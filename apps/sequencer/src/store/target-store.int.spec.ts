import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres, type Postgres } from '@causeway/lab';
import { openDatabase, type Database, type Tx } from '@causeway/persistence';
import { exampleMutation, TargetStory } from '@causeway/testkit';
import { resourcesMigration, streamsMigration, targetsMigration } from './migrations';
import { appendTargetFacts, loadTargets, type ResourceAt } from './target-store';

jest.setTimeout(60_000);
let postgres: Postgres;
let database: Database;
let story: TargetStory;

beforeAll(async () => {
  const dir = mkdtempSync(join(tmpdir(), 'causeway-targets-'));
  postgres = await startPostgres({ dir, say: () => undefined, durable: false });
  database = await openDatabase({
    url: postgres.url,
    schema: 'targets',
    migrations: [streamsMigration, targetsMigration, resourcesMigration],
  });
});
beforeEach(async () => {
  story = new TargetStory();
  await database.query('truncate target_fact');
});
afterAll(async () => {
  await database?.close();
  await postgres?.stop();
});

const unknown = (resource: string, target = 'idp'): ResourceAt => ({ target, resource, version: 0, state: undefined });
const known = (resource: string): ResourceAt => {
  const { version, resources } = story.state;
  return { target: 'idp', resource, version, state: resources.get(resource) };
};
/** Somebody sets resources to values, and it is stored. */
async function see(...resources: readonly string[]): Promise<void> {
  const before = story.stream.length;
  resources.forEach((resource, i) => story.see(exampleMutation({ resource, with: { value: `${resource} ${i}` } })));
  const facts = story.stream.slice(before).map(([classification, mutation]) => ({ classification, mutation }));
  await database.transaction((tx) => appendTargetFacts(tx, facts));
}
/** What is loaded of the target, and how many facts were read for it. */
async function load(...asked: readonly ResourceAt[]) {
  let read = 0;
  const counting: Tx = {
    query: async <R>(...query: Parameters<Tx['query']>) => {
      const rows = await database.query<R>(...query);
      read += rows.filter((row) => (row as { body?: unknown }).body !== null).length;
      return rows;
    },
  };
  const states = await loadTargets(counting, asked);
  return { states, read };
}

describe('the state of a target', () => {
  it('is its version, and the resources that were asked for as their facts left them', async () => {
    await see('a', 'b', 'a', 'c');
    const { states, read } = await load(unknown('a'), unknown('c'));
    expect(states.get('idp')).toEqual({
      version: 4,
      resources: new Map(['a', 'c'].map((name) => [name, story.state.resources.get(name)])),
    });
    expect(read).toBe(3);
  });

  it('has the version of the whole target though a resource was never seen', async () => {
    await see('a', 'b');
    const { states } = await load(unknown('new'), unknown('new', 'untouched'));
    expect(states.get('idp')).toEqual({ version: 2, resources: new Map() });
    expect(states.get('untouched')).toEqual({ version: 0, resources: new Map() });
  });

  it('is completed from what is known, by the facts that came after that alone', async () => {
    await see('a', 'b', 'a');
    const before = known('a');
    await see('b', 'a');
    const { states, read } = await load(before);
    expect(states.get('idp')).toEqual({ version: 5, resources: new Map([['a', story.state.resources.get('a')]]) });
    expect(read).toBe(1);
  });

  it('costs what its own resource costs, however many others its target has', async () => {
    for (let i = 0; i < 20; i++) await see(...Array.from({ length: 500 }, (_, n) => `resource-${n}`));
    const { states, read } = await load(unknown('resource-7'));
    expect(states.get('idp')?.version).toBe(10_000);
    expect(read).toBe(20);
    const [plan] = await database.query<{ 'QUERY PLAN': string }>(
      `explain select body from target_fact where target = 'idp' and resource = 'resource-7' and version > 0`,
    );
    expect(plan?.['QUERY PLAN']).toMatch(/Index Scan|Bitmap Heap Scan/);
  });

  it('is appended to only by who knows its newest version', async () => {
    await see('a');
    const again = story.stream.map(([classification, mutation]) => ({ classification, mutation }));
    await expect(database.transaction((tx) => appendTargetFacts(tx, again))).rejects.toMatchObject({ code: '23505' });
  });
});

describe('facts of an older release', () => {
  it('are found by their resource after the migration', async () => {
    const older = await openDatabase({
      url: postgres.url,
      schema: 'older',
      migrations: [streamsMigration, targetsMigration],
    });
    story.see(exampleMutation({ resource: 'a' }));
    const [[classification, mutation]] = story.stream as [(typeof story.stream)[number]];
    await older.query('insert into target_fact (target, version, body) values ($1, 1, $2)', [
      ...['idp', JSON.stringify({ classification, mutation })],
    ]);
    await older.close();
    const newer = await openDatabase({
      url: postgres.url,
      schema: 'older',
      migrations: [streamsMigration, targetsMigration, resourcesMigration],
    });
    const states = await loadTargets(newer, [unknown('a')]);
    await newer.close();
    expect(states.get('idp')).toEqual(story.state);
  });
});
