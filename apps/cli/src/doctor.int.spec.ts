import { LEDGER_SELF_CHECK } from '../../ledger/src/self-check/ledger-self-check';
import { SEQUENCER } from '../../sequencer/src/sequencer.module';
import { lookAtSelf, selfCheckOf, type SelfCheckPlan } from '@causeway/service';
import { createServer, type AddressInfo } from 'node:net';
import type { CliRun } from '../spec/cli-run';
import { IllHouse } from '../spec/ill-house';

jest.setTimeout(120_000);

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;
let house: IllHouse;
beforeAll(async () => {
  house = await IllHouse.open();
  await house.workOnce();
});
afterAll(() => house?.close());

/** All services have joined their groups, and what was sent is taken. */
async function untilHealthy(ask = () => house.doctor()): Promise<CliRun> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const answer = await ask();
    if (answer.code === 0) return answer;
    if (performance.now() > deadline) throw new Error(`not healthy:\n${answer.stdout}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** In this process, on the same broker and database. */
function look(plan: SelfCheckPlan, env: NodeJS.ProcessEnv, skewMs = 0) {
  Object.assign(process.env, house.services.ledgerEnv, env);
  return lookAtSelf(plan, { now: () => Date.now() + skewMs, monotonic: () => performance.now() });
}

const SENT_LONG_AGO = `insert into console.outbox (topic, key, signature, value, created_at)
  values ('causeway.intents.v1', 'k', 's', 'v', clock_timestamp() - interval '1 hour')`;
const unlocked = (statement: string): string[] => [
  'alter table ledger.entry disable trigger only_added_to',
  statement,
  'alter table ledger.entry enable trigger only_added_to',
];

describe('causeway doctor', () => {
  it('given a house at work, says so in short, and exits with 0', async () => {
    const { stdout } = await untilHealthy();
    expect(stdout).toMatch(/^HEALTHY {2}5 services asked/);
    for (const check of [
      'schema',
      'topics',
      'clock',
      'lag',
      'outbox',
      'seat',
      'leases',
      'accounting',
      'tree',
      'projection',
    ])
      expect(stdout).toMatch(new RegExp(`^ok {2}${check} `, 'm'));
    // A line a check, the verdict, and an empty one or two.
    expect(stdout.split('\n').length).toBeLessThan(21);
  });

  it('says the same through the console, for who reaches nothing else', async () => {
    const { stdout } = await untilHealthy(() => house.throughConsole());
    expect(stdout).toMatch(/^HEALTHY {2}5 services asked/);
  });

  describe('given it is broken in many places at once', () => {
    beforeAll(async () => {
      const { services } = house;
      await services.get('executor-noop').stop();
      await house.beginWork();
      await Promise.all([
        services.get('console').kill(),
        services.get('sequencer').stop(),
        house.keepIntentsFor(HOUR_MS),
      ]);
      await house.sql(
        `create table taken as select * from readiness_prober.schema_version where name = 'seat'`,
        `delete from readiness_prober.schema_version where name = 'seat'`,
        SENT_LONG_AGO,
        ...unlocked(`update ledger.entry set bytes = replace(bytes, 'example', 'exbmple') where index = 0`),
      );
    });

    it('finds each, worst first, and exits by the worst', async () => {
      const { findings, severity } = await house.diagnosis();
      const bad = findings.filter((one) => one.severity !== 'ok');
      expect(severity).toBe('broken');
      expect(bad[0]).toMatchObject({ check: 'tree', what: expect.stringContaining('damaged at index 0') });
      expect(bad).toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            check: 'schema',
            where: 'readiness_prober',
            what: expect.stringContaining('seat missing'),
          }),
          expect.objectContaining({
            check: 'topics',
            where: 'causeway.intents.v1',
            what: expect.stringContaining('retention.ms is 3600000, should be 604800000'),
          }),
          expect.objectContaining({ check: 'service', where: 'sequencer', hides: ['sequencer: everything'] }),
          expect.objectContaining({ check: 'service', where: 'console' }),
          expect.objectContaining({ check: 'service', where: 'executor-noop' }),
        ]),
      );
      for (const { remedy } of bad) expect(remedy).toMatch(/\w/);
      expect((await house.doctor()).code).toBe(4);
    });

    it('tells of who reaches only the console what he can do', async () => {
      const { code, stdout } = await house.throughConsole();
      expect(code).toBe(1);
      expect(stdout).toContain('nothing is known of any service');
      expect(stdout).toContain('CAUSEWAY_SERVICES=');
    });

    it('a service that is down tells of its part all the same', async () => {
      const [sequencer, console_, executor] = await Promise.all(
        ['sequencer', 'console', 'executor-noop'].map((name) => house.ownFindings(name)),
      );
      expect(sequencer?.findings).toContainEqual(
        expect.objectContaining({ check: 'seat', severity: 'failing', what: expect.stringContaining('left in order') }),
      );
      expect(sequencer?.findings).toContainEqual(
        expect.objectContaining({ check: 'lag', severity: 'failing', what: expect.stringContaining('nobody reads') }),
      );
      expect(console_?.findings).toContainEqual(
        expect.objectContaining({
          check: 'outbox',
          severity: 'failing',
          what: expect.stringMatching(/^\d+ messages? not sent, .* for 60 min/),
        }),
      );
      expect(executor?.findings).toContainEqual(
        expect.objectContaining({
          check: 'leases',
          severity: 'failing',
          what: expect.stringContaining('no process holds a lease'),
        }),
      );
      expect(executor?.findings).toContainEqual(
        expect.objectContaining({
          check: 'lag',
          severity: 'failing',
          what: expect.stringContaining('nobody reads (Empty): 1 behind'),
        }),
      );
      expect(sequencer?.code).toBe(1);
    });

    it('a sequence whose executor is silent is stuck, and its remedy names the executor', async () => {
      const { findings } = await look(selfCheckOf(SEQUENCER), { DATABASE_URL: house.databaseUrl }, HOUR_MS);
      expect(findings).toContainEqual(
        expect.objectContaining({
          check: 'sequences',
          where: expect.stringContaining('example'),
          what: expect.stringContaining('no result of one from executor-noop since'),
          remedy: expect.stringContaining('executor-noop: is it running'),
        }),
      );
    });

    it('and once it is mended, is healthy again', async () => {
      await house.sql(
        `delete from console.outbox`,
        `insert into readiness_prober.schema_version select * from taken`,
        ...unlocked(`update ledger.entry set bytes = replace(bytes, 'exbmple', 'example') where index = 0`),
      );
      const start = (name: string): Promise<void> => house.services.get(name).start();
      await Promise.all([house.keepIntentsFor(WEEK_MS), ...['console', 'executor-noop', 'sequencer'].map(start)]);
      await untilHealthy();
    });
  });

  describe('given one service that sees the world otherwise', () => {
    it('a clock that is behind is found, beside the database’s and beside what others send', async () => {
      const { findings } = await look(LEDGER_SELF_CHECK, {}, -HOUR_MS);
      const clock = findings.filter(({ check, severity }) => check === 'clock' && severity === 'failing');
      expect(clock).toContainEqual(
        expect.objectContaining({ where: 'ledger', what: expect.stringContaining('60 min behind') }),
      );
      expect(clock).toContainEqual(
        expect.objectContaining({ where: 'causeway.records.v1', what: expect.stringContaining('in the future') }),
      );
    });

    it('a broker that hangs hides what only it can tell, and nothing else', async () => {
      const hanging = createServer();
      await new Promise<void>((resolve) => hanging.listen(0, '127.0.0.1', resolve));
      const brokers = `127.0.0.1:${(hanging.address() as AddressInfo).port}`;
      const { findings } = await look(LEDGER_SELF_CHECK, { KAFKA_BROKERS: brokers });
      hanging.close();
      const broker = findings.filter(({ severity }) => severity !== 'ok');
      expect(broker[0]).toMatchObject({ check: 'kafka', where: brokers, severity: 'failing' });
      expect(broker.flatMap(({ hides }) => hides ?? [])).toEqual(
        expect.arrayContaining(['ledger: topics', 'ledger: lag', 'ledger: accounting']),
      );
      expect(findings).toContainEqual(expect.objectContaining({ check: 'tree', severity: 'ok' }));
    });

    it('a database that is away hides what only it can tell, and nothing else', async () => {
      const { findings } = await look(LEDGER_SELF_CHECK, {
        DATABASE_URL: 'postgres://somebody:secret@127.0.0.1:9/causeway',
      });
      expect(findings).toContainEqual(
        expect.objectContaining({ check: 'postgres', where: '127.0.0.1:9/causeway', severity: 'failing' }),
      );
      expect(findings).toContainEqual(expect.objectContaining({ check: 'topics', severity: 'ok' }));
      expect(JSON.stringify(findings)).not.toContain('secret');
    });
  });
});
