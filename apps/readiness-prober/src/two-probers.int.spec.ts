import type { ChildProcess } from 'node:child_process';
import type { ProbeData, TargetDocument } from '@causeway/contracts';
import { newEventId } from '@causeway/signing';
import { layGround, type Ground } from '../spec/ground';
import { localServer, type LocalServer } from '../spec/local-server';
import { ProberHouse } from '../spec/prober-house';

jest.setTimeout(60_000);

/** What the one member shows. */
let version = '1';
let app: LocalServer;
let ground: Ground;
let house: ProberHouse;
let first: ChildProcess;

const shop = (base: string): TargetDocument => ({
  apiVersion: 'causeway/v1',
  kind: 'Target',
  metadata: { name: 'shop', owner: 'team-shop' },
  spec: {
    executor: 'caddy',
    propagation: 'staged',
    rung: 'effective',
    history: 'timestamped-log',
    scopes: { us: ['a'] },
    changes: { 'deploy@v1': { with: {}, capability: 'C' } },
    probes: {
      version: { kind: 'http', every: '200ms', timeout: '1s', at: { us: { a: { url: `${base}/a` } } } },
    },
  },
});

const probeFor = (wanted: string): ProbeData => ({
  ...{ sequenceId: newEventId(), step: 'app', attempt: 1, epoch: 1, target: 'shop', rung: 'effective' },
  ...{ probe: 'version', scopes: [{ scope: 'us', members: ['a'] }], consecutive: 1, lookForMs: 40_000 },
  expect: [{ observed: 'body.version', is: 'equals', wanted }],
});

beforeAll(async () => {
  app = await localServer((_request, response) => response.end(JSON.stringify({ version })));
  ground = await layGround();
  house = await ProberHouse.open({ ...ground, targets: [shop(app.base)] });
  await house.start();
  first = await house.startBeside();
});
afterAll(async () => {
  first?.kill('SIGKILL');
  await house?.close();
  await app?.close();
  await ground?.stop();
});

/** Whether the member was told to show this version: then the probe is over. */
const isTold = (asked: Parameters<ProberHouse['answersTo']>[0], wanted: string): boolean =>
  house
    .answersTo(asked)
    .flatMap(({ data }) => data.readings)
    .some(({ outcome }) => outcome.kind === 'observed' && outcome.values['body.version'] === wanted);

describe('a second prober', () => {
  it('takes nothing while the first one is at work', async () => {
    const asked = await house.ask(probeFor('1'));
    await house.until('an answer', () => isTold(asked, '1'));
    expect(house.log.match(/looking again at what was open/g)).toHaveLength(1);
  });

  it('looks on for the first one when that stands still, and answers from the round where it was', async () => {
    const asked = await house.ask(probeFor('2'));
    await house.until('rounds of the first', () => house.answersTo(asked).length > 1);
    first.kill('SIGSTOP');
    const rounds = house.answersTo(asked).length;
    await house.until('rounds of the second', () => house.answersTo(asked).length > rounds + 2, 20_000);
    version = '2';
    await house.until('the end', () => isTold(asked, '2'));
    const numbers = house.answersTo(asked).map(({ data }) => data.round);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it('the first one, woken, says nothing more and ends; word of its refusal is sent', async () => {
    const before = house.readings.length;
    first.kill('SIGCONT');
    await house.until('the first one ends', () => first.exitCode !== null);
    expect(first.exitCode).toBe(1);
    expect(house.readings).toHaveLength(before);
    await house.until('the refusal', () => house.refusals.length > 0);
    expect(house.refusals).toMatchObject([
      { source: '/readiness-prober', data: { refused: { epoch: 1 }, current: { epoch: 2 } } },
    ]);
  });
});
