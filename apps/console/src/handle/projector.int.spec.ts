import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COVERAGE_TYPE, MUTATION_TYPE, topicNames, type Entries, type Entry } from '@causeway/contracts';
import { createDatabase, startPostgres } from '@causeway/lab';
import { entriesText } from '@causeway/ledger-core';
import type { Received } from '@causeway/messaging';
import { openDatabase, type Database } from '@causeway/persistence';
import { sha256Hex } from '@causeway/signing';
import { GoneAround, LaggingRegion, type ToldLedger } from '@causeway/testkit';
import { consoleMigrations } from '../store/migrations';
import { judgeProjection, unprojectedState } from '../store/unprojected-store';
import { insertCheckpoints } from '../store/projection-store';
import { newestCheckpoint } from '../store/question-store';
import { Projector } from './projector';

jest.setTimeout(60_000);

const receivedOf = (text: string): Received<Entry | Entries> => {
  const bytes = Buffer.from(text);
  return {
    message: JSON.parse(text) as Entry | Entries,
    ...{ topic: topicNames.ledger, partition: 0, offset: '0', key: 'log', bytes },
    ...{ signature: '', digest: sha256Hex(bytes), principal: 'ledger' },
  };
};
/** A message an entry. */
const entriesOf = (ledger: ToldLedger) => ledger.entries.map(receivedOf);
/** One message of several. */
const together = (leaves: readonly string[]) => {
  const envelope = { id: 'm', source: '/ledger', subject: 'log', time: '', correlationId: 'log', causationIds: [] };
  return receivedOf(entriesText(envelope, leaves));
};
const indicesOf = ({ entries }: ToldLedger, type: string): number[] =>
  entries.flatMap((text, index) => ((JSON.parse(text) as Entry).data.eventType === type ? [index] : []));
/** The same entry of a message that says something else, as no release would let it in today. */
function saying(entry: Received<Entry | Entries> | undefined, more: object): Received<Entry | Entries> {
  const { data, ...envelope } = entry?.message as Entry;
  const message = JSON.parse(data.value) as { data: object };
  const value = JSON.stringify({ ...message, data: { ...message.data, ...more } });
  return receivedOf(JSON.stringify({ ...envelope, data: { ...data, value } }));
}
const { ledger } = new LaggingRegion().untilHeld().untilCompleted();
const all = entriesOf(ledger);

let url = '';
let stop: () => Promise<void> = () => Promise.resolve();
const open: Database[] = [];
let made = 0;

beforeAll(async () => {
  const dir = mkdtempSync(join(tmpdir(), 'causeway-projector-'));
  const postgres = await startPostgres({ dir, say: () => undefined, durable: false });
  stop = () => postgres.stop();
  url = await createDatabase(postgres.url, `projector_${process.pid}`);
});
afterAll(async () => {
  for (const database of open) await database.close();
  await stop();
});

/** An empty projection of its own. */
async function fresh(): Promise<Database> {
  const database = await openDatabase({ url, schema: `console_${++made}`, migrations: consoleMigrations, poolSize: 2 });
  open.push(database);
  return database;
}

/** Everything a projection holds, as one text. */
async function dump(database: Database): Promise<string> {
  const tables = ['entry', 'tree_node', 'sequence', 'target_event', 'mutation', 'coverage'];
  const rows = await Promise.all(tables.map((table) => database.query(`select * from ${table} order by 1, 2`)));
  const [head] = await database.query('select next_index from projection');
  return JSON.stringify([head, ...rows]);
}

const project = async (database: Database, ...batches: (readonly Received<Entry | Entries>[])[]): Promise<string> => {
  const projector = new Projector(database, () => undefined);
  for (const batch of batches) await projector.take(batch);
  return dump(database);
};

describe('the projection of the ledger topic', () => {
  it('is the same whatever the batches, the repetitions and the restarts', async () => {
    const once = await project(await fresh(), all);
    const oneByOne = await project(await fresh(), ...all.map((entry) => [entry]));
    const twice = await project(await fresh(), all.slice(0, 9), all.slice(3), all, all.slice(0, 2));
    const restarted = await fresh();
    await project(restarted, all.slice(0, 11));
    const again = await project(restarted, all);
    expect([oneByOne, twice, again]).toEqual([once, once, once]);
  });

  it('is the same however the entries are cut into messages, also when they come again cut in another way', async () => {
    const once = await project(await fresh(), all);
    const { entries } = ledger;
    const few = await project(await fresh(), [together(entries.slice(0, 5)), together(entries.slice(5))]);
    const again = await project(
      await fresh(),
      [together(entries.slice(0, 9))],
      [together(entries.slice(4, 12)), ...all.slice(10, 14)],
      [together(entries.slice(2))],
    );
    expect([few, again]).toEqual([once, once]);
  });

  it('takes what many messages hold in transactions of bounded size', async () => {
    const database = await fresh();
    const nexts: number[] = [];
    const long = new LaggingRegion().untilHeld().untilCompleted();
    while (long.ledger.entries.length < 1_100) long.ledger.submit({}, { key: `CHG-${long.ledger.entries.length}` });
    const leaves = long.ledger.entries;
    const messages = Array.from({ length: Math.ceil(leaves.length / 100) }, (_, i) =>
      together(leaves.slice(100 * i, 100 * (i + 1))),
    );
    await new Projector(database, ({ next }) => nexts.push(next)).take(messages);
    expect(nexts).toEqual([500, 1_000, leaves.length]);
  });

  it('is the same whatever the batches also for what observers, a watch and an operator said', async () => {
    const told = entriesOf(new GoneAround().untilHeld().untilFollowed().untilCompleted().ledger);
    const database = await fresh();
    const once = await project(database, told);
    const oneByOne = await project(await fresh(), ...told.map((entry) => [entry]));
    const restarted = await fresh();
    await project(restarted, told.slice(0, 30));
    const again = await project(restarted, told.slice(20), told);
    expect([oneByOne, again]).toEqual([once, once]);
    const [{ mutations, covered }] = (await database.query(
      'select (select count(*)::int from mutation where class is not null) as mutations, (select count(*)::int from coverage) as covered',
    )) as [{ mutations: number; covered: number }];
    expect([mutations, covered]).toEqual([3, 4]);
  });

  it('refuses to go on behind a gap, loudly, and says where', async () => {
    const database = await fresh();
    const projector = new Projector(database, () => undefined);
    await projector.take(all.slice(0, 5));
    const refusal = projector.take([...all.slice(5, 7), ...all.slice(8)]);
    await expect(refusal).rejects.toThrow('goes on with index 8 where 7 must follow');
    await expect(refusal).rejects.not.toHaveProperty('retriable', true);
    const before = await dump(database);
    await projector.take(all.slice(5));
    expect(await dump(database)).not.toBe(before);
  });

  it('goes on behind entries that cannot be projected: they are kept, noted, and left out of the rest', async () => {
    const { ledger: around } = new GoneAround().untilHeld().untilFollowed().untilCompleted();
    const [first, second] = indicesOf(around, COVERAGE_TYPE) as [number, number];
    const [mutation] = indicesOf(around, MUTATION_TYPE) as [number];
    const told = entriesOf(around);
    told[first] = saying(told[first], { from: '0000-00-00T00:00:00.000Z' });
    told[second] = saying(told[second], { reason: 'a\u0000' });
    told[mutation] = saying(told[mutation], { happened: { kind: 'at', at: '2026-02-30T00:00:00.000Z' } });
    const database = await fresh();
    const left: number[] = [];
    await new Projector(
      database,
      () => undefined,
      ({ index }) => left.push(index),
    ).take(told);
    const bad = [first, second, mutation].sort((a, b) => a - b);
    expect(left).toEqual(bad);
    expect(await database.query('select index::int from unprojected order by 1')).toEqual(
      bad.map((index) => ({ index })),
    );
    expect(await database.query('select count(*)::int from entry')).toEqual([{ count: told.length }]);
    expect(await database.query('select count(*)::int from mutation')).toEqual([{ count: 2 }]);
    expect(judgeProjection(await unprojectedState(database))).toMatchObject({ severity: 'attention' });
    const oneByOne = await project(await fresh(), ...told.map((entry) => [entry]));
    expect(await dump(database)).toBe(oneByOne);
  });

  it('still throws what is wrong with the tables', async () => {
    const database = await fresh();
    await database.query('alter table target_event rename to gone');
    await expect(project(database, all)).rejects.toMatchObject({ code: '42P01' });
    expect(await database.query('select next_index from projection')).toEqual([{ next_index: '0' }]);
  });

  it('takes nothing twice when two processes project into the same tables', async () => {
    const database = await fresh();
    const [one, two] = [new Projector(database, () => undefined), new Projector(database, () => undefined)];
    await one.take(all.slice(0, 4));
    await two.take(all.slice(0, 6));
    await expect(one.take(all.slice(4))).rejects.toMatchObject({ retriable: true });
    await one.take(all.slice(4));
    expect(await dump(database)).toBe(await project(await fresh(), all));
  });

  it('tells who follows what has changed, after it is durable', async () => {
    const database = await fresh();
    const told: { next: number; stored: Promise<unknown[]> }[] = [];
    const projector = new Projector(database, ({ next }) =>
      told.push({ next, stored: database.query('select 1 from entry') }),
    );
    await projector.take(all);
    expect(told.map(({ next }) => next)).toEqual([all.length]);
    expect(await told[0]?.stored).toHaveLength(all.length);
  });
});

describe('checkpoints', () => {
  it('given one of a size comes again under another key, keep the last told', async () => {
    const database = await fresh();
    const told = (note: string) => ({ size: 0, origin: 'log', note });
    const tell = (...notes: string[]) => database.transaction((tx) => insertCheckpoints(tx, notes.map(told)));
    await tell('by the first key', 'by the second key');
    expect(await newestCheckpoint(database)).toMatchObject({ note: 'by the second key' });
    await tell('by the third key');
    expect(await newestCheckpoint(database)).toMatchObject({ note: 'by the third key' });
  });
});
