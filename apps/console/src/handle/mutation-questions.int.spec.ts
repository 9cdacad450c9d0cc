import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outsideAnswer } from '@causeway/console-api';
import { createDatabase, startPostgres } from '@causeway/lab';
import { openDatabase, type Database } from '@causeway/persistence';
import { exampleMutation } from '@causeway/testkit';
import type { ClassRow, Observed } from '../fold/observed';
import { consoleMigrations } from '../store/migrations';
import { insertObserved } from '../store/observation-store';
import { MutationQuestions } from './mutation-questions';

jest.setTimeout(60_000);

const MUTATION = '00000000-0000-7000-9000-000000000001';
const SEQUENCE = '00000000-0000-8000-8000-000000000001';
const [FROM, TO] = ['2026-01-01T02:00:00.000Z', '2026-01-01T04:00:00.000Z'];

const marked = exampleMutation({
  actor: { kind: 'service', name: 'causeway' },
  by: { kind: 'executor', attemptId: `${SEQUENCE}/roles/1` },
});
const seen: Observed = {
  mutations: [{ index: 3, id: MUTATION, recordedAt: marked.observedAt, data: marked }],
  classes: [],
  coverage: [{ target: 'idp', kind: 'covered', from: FROM, to: TO, reason: null, firstIndex: 4, lastIndex: 4 }],
};
const classed = (found: 'expected' | 'undeclared'): ClassRow => ({
  index: 5,
  data: {
    ...{ target: 'idp', version: 1, mutation: MUTATION, digest: 'd'.repeat(64), previous: null },
    ...{ class: found, by: 'executor', reason: 'as told', against: [], holds: [] },
    match: found === 'expected' ? { sequenceId: SEQUENCE, step: 'roles' } : null,
  },
});

let stop: () => Promise<void> = () => Promise.resolve();
let database: Database;

beforeAll(async () => {
  const dir = mkdtempSync(join(tmpdir(), 'causeway-mutations-'));
  const postgres = await startPostgres({ dir, say: () => undefined, durable: false });
  stop = () => postgres.stop();
  const url = await createDatabase(postgres.url, `mutations_${process.pid}`);
  database = await openDatabase({ url, schema: 'console', migrations: consoleMigrations, poolSize: 2 });
});
afterAll(async () => {
  await database?.close();
  await stop();
});

const ask = async (target = 'idp') => {
  const answer = await new MutationQuestions(database, new Map()).outside([target], FROM, TO);
  return outsideAnswer.parse(answer);
};

describe('a mutation that bears the mark of our executor, while all of the time is vouched for', () => {
  beforeEach(async () => {
    await database.query('truncate mutation, coverage');
    await insertObserved(database, seen);
  });

  it('may be anything until it is classed: not known, and named', async () => {
    const { answer, mutations, unclassed, uncovered, summary } = await ask();
    expect([answer, mutations, uncovered]).toEqual(['unknown', [], []]);
    expect(unclassed.map(({ id, index }) => [id, index])).toEqual([[MUTATION, '3']]);
    expect(summary).toBe(
      'Not known: 1 mutation at idp between 02:00:00Z and 04:00:00Z bears the mark of our executor and is not classed yet: ' +
        'values/one at idp by causeway (client admin-cli, from 127.0.0.1).',
    );
  });

  it('is told with the holes where there are some', async () => {
    await database.query('truncate coverage');
    expect((await ask()).summary).toMatch(/is not classed yet: .*\. Not observed: idp from 02:00:00Z to 04:00:00Z/);
  });

  it('is told beside what somebody else made', async () => {
    const other = exampleMutation({ resource: 'values/two', source: { id: 'event-2', detail: {} } });
    const id = MUTATION.replace(/1$/, '2');
    const mutations = [{ index: 6, id, recordedAt: other.observedAt, data: other }];
    await insertObserved(database, { mutations, classes: [], coverage: [] });
    const { answer, summary } = await ask();
    expect([answer, summary]).toEqual(['yes', expect.stringMatching(/^Yes: 1 .* Not classed yet: values\/one at idp/)]);
  });

  it.each([
    ['no', 'expected'],
    ['yes', 'undeclared'],
  ] as const)('%s, once it is classed as %s', async (said, found) => {
    await insertObserved(database, { mutations: [], classes: [classed(found)], coverage: [] });
    const { answer, unclassed } = await ask();
    expect([answer, unclassed]).toEqual([said, []]);
  });

  it('says nothing about another time or another target', async () => {
    const questions = new MutationQuestions(database, new Map());
    const earlier = await questions.outside(['idp'], FROM, '2026-01-01T02:30:00.000Z');
    expect([earlier.answer, earlier.unclassed]).toEqual(['no', []]);
    expect((await ask('edge')).unclassed).toEqual([]);
  });
});
