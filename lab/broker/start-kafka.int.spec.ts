import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { createDatabase, dropDatabase } from '../database/create-database';
import { startPostgres } from '../database/start-postgres';
import { brokerAnswers } from './broker-answers';
import { startKafka } from './start-kafka';

jest.setTimeout(10 * 60_000);

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'causeway-provider-'));
const silent = (): void => undefined;

/** Local processes only: the other two providers are somebody else's to start. */
describe('broker and database as local processes', () => {
  const given = { ...process.env };
  beforeAll(() => {
    delete process.env['KAFKA_BROKERS'];
    delete process.env['DATABASE_URL'];
    process.env['CAUSEWAY_NO_CONTAINERS'] = '1';
  });
  afterAll(() => void Object.assign(process.env, given));

  it('a killed broker comes back on the same address', async () => {
    const kafka = await startKafka({ dir: newFolder(), say: silent });
    try {
      const { brokers } = kafka;
      expect([kafka.provider, await brokerAnswers(brokers)]).toEqual(['process', true]);
      await kafka.kill();
      expect(await brokerAnswers(brokers)).toBe(false);
      await kafka.restart();
      expect([kafka.brokers, await brokerAnswers(brokers)]).toEqual([brokers, true]);
    } finally {
      await kafka.stop();
    }
  });

  it('a killed database still has what was committed', async () => {
    const postgres = await startPostgres({ dir: newFolder(), say: silent });
    try {
      const url = await createDatabase(postgres.url, 'story');
      await ask(url, "create table fact (what text); insert into fact values ('committed')");
      await postgres.kill();
      await postgres.restart();
      expect(await ask(url, 'select what from fact')).toEqual([{ what: 'committed' }]);
      expect(await ask(url, 'show fsync')).toEqual([{ fsync: 'on' }]);
      expect(await ask(await createDatabase(postgres.url, 'copy', 'story'), 'select what from fact')).toHaveLength(1);
      await dropDatabase(postgres.url, 'copy');
    } finally {
      await postgres.stop();
    }
  });

  it('what is given by address is used and left alone', async () => {
    process.env['KAFKA_BROKERS'] = '127.0.0.1:1';
    const kafka = await startKafka({ dir: newFolder(), say: silent });
    delete process.env['KAFKA_BROKERS'];
    expect([kafka.brokers, kafka.provider, kafka.pid()]).toEqual(['127.0.0.1:1', 'environment', null]);
    await expect(kafka.kill()).rejects.toThrow(/unset KAFKA_BROKERS/);
    await kafka.stop();
  });
});

async function ask(connectionString: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
