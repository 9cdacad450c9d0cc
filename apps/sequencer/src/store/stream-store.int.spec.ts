import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres, type Postgres } from '@causeway/lab';
import { openDatabase, type Database } from '@causeway/persistence';
import { examplePlan, exampleTarget, SequenceStory } from '@causeway/testkit';
import { streamsMigration, targetsMigration } from './migrations';
import { appendFacts, dueSequences, loadStates, type StoredFacts } from './stream-store';

jest.setTimeout(60_000);
const ID = '00000000-0000-8000-8000-0000000000aa';
const NOW = 1_700_000_000_000;
let postgres: Postgres;
let database: Database;

beforeAll(async () => {
  const dir = mkdtempSync(join(tmpdir(), 'causeway-streams-'));
  postgres = await startPostgres({ dir, say: () => undefined, durable: false });
  database = await openDatabase({
    url: postgres.url,
    schema: 'streams',
    migrations: [streamsMigration, targetsMigration],
  });
});
beforeEach(() => database.query('truncate fact, sequence'));
afterAll(async () => {
  await database?.close();
  await postgres?.stop();
});

const targets = new Map([['idp', exampleTarget('idp', { global: ['realm'] })]]);

/** A sequence, and its decisions so far as they are stored. */
class Told {
  readonly story = new SequenceStory(targets, ID);
  readonly decisions: StoredFacts[] = [];

  decide(move: (story: SequenceStory) => unknown): this {
    const version = this.story.facts.length + 1;
    move(this.story);
    const json = Buffer.from(JSON.stringify(this.story.facts.slice(version - 1)));
    this.decisions.push({ sequenceId: ID, version, json });
    return this;
  }

  store(nowMs = NOW, decisions: readonly StoredFacts[] = this.decisions): Promise<void> {
    return database.transaction((tx) =>
      appendFacts(tx, [{ sequenceId: ID, state: this.story.state }], decisions, nowMs),
    );
  }
}
const accepted = (): Told =>
  new Told().decide((story) => story.intent(examplePlan({ roles: { target: 'idp' } }, ['us-east'])));
const stored = async () => (await loadStates(database, [ID])).get(ID);
const lookAt = async (): Promise<unknown> =>
  (await database.query<{ at: string | null }>('select look_at_ms as at from sequence'))[0]?.at;

describe('a stream', () => {
  it('is what its decisions left, several of one sequence in one batch as well', async () => {
    const told = accepted();
    told.decide((story) => story.applied('roles'));
    await told.store();
    expect(await stored()).toEqual(told.story.state);
  });

  it('is not appended to by who decided on an older version: nothing of it stays', async () => {
    const told = accepted();
    await told.store();
    const before = told.story.state;
    told.decide((story) => story.applied('roles'));
    await expect(told.store()).rejects.toMatchObject({ code: '23505' });
    expect(await stored()).toEqual(before);
  });

  it('that a release before stored fact by fact is read as well', async () => {
    const told = accepted();
    const insert = 'insert into fact (sequence_id, version, body) values ($1, $2, $3)';
    for (const [i, fact] of told.story.facts.entries()) await database.query(insert, [ID, i + 1, JSON.stringify(fact)]);
    const before = told.decisions.length;
    told.decide((story) => story.applied('roles'));
    await told.store(NOW, told.decisions.slice(before));
    expect(await stored()).toEqual(told.story.state);
  });
});

describe('the next look at the clock', () => {
  it('stays while it is to come, is put forward once it was due, and goes with the end', async () => {
    const told = accepted();
    told.decide((story) => story.applied('roles'));
    await told.store();
    expect(await lookAt()).toBe(String(NOW + 1_000));
    await told.store(NOW + 500, []);
    expect(await lookAt()).toBe(String(NOW + 1_000));
    expect(await dueSequences(database, NOW + 1_000, 10)).toEqual([ID]);
    await told.store(NOW + 1_000, []);
    expect(await lookAt()).toBe(String(NOW + 2_000));
    await told.store(NOW + 100, []);
    expect(await lookAt()).toBe(String(NOW + 1_100));
    const shown = told.decisions.length;
    told.decide((story) => story.reading('roles', { 'global/realm': { value: 'new' } }));
    expect(told.story.state.status).toBe('ended');
    await told.store(NOW + 200, told.decisions.slice(shown));
    expect([await lookAt(), await dueSequences(database, NOW + 9_000, 10)]).toEqual([null, []]);
  });
});
