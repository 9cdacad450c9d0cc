import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres } from '@causeway/lab';
import { callOk } from '../../../lab/http/call';
import { startUnleash, type UnleashLab } from '../../../lab/systems/unleash/start';
import { lookUnleash } from './look/unleash-client';
import { createWeb } from './look/web';

jest.setTimeout(180_000);

const folder = mkdtempSync(join(tmpdir(), 'causeway-flags-'));
const web = createWeb();
const closers: (() => Promise<unknown>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
let lab: UnleashLab;

beforeAll(async () => {
  const say = (line: string): unknown => process.stderr.write(`${line}\n`);
  const postgres = await startPostgres({ dir: folder, say });
  closers.push(() => postgres.stop());
  lab = await startUnleash({ dir: join(folder, 'unleash'), postgresUrl: postgres.url, say });
  closers.push(() => lab.process.stop());
});
afterAll(async () => {
  await web.close();
  for (const close of closers.reverse()) await close();
});

const lookIn = async (region: string, token = lab.clientToken): Promise<unknown> => {
  const place = { url: `${lab.url}/api/client/features`, credential: 'flags', region };
  const look = lookUnleash(web, new Map([['flags', { kind: 'token', token }]]), place, [`flag.${lab.flag}`]);
  const outcome = await look(AbortSignal.timeout(2_000));
  return outcome.kind === 'observed' ? outcome.values : outcome.reason;
};
const flagIn = async (region: string): Promise<unknown> =>
  ((await lookIn(region)) as Record<string, unknown>)[`flag.${lab.flag}`];

const admin = (method: 'POST', path: string, json?: unknown): Promise<unknown> =>
  callOk({
    method,
    url: `${lab.url}/api/admin/projects/${lab.project}/features/${lab.flag}/environments/${lab.environment}${path}`,
    headers: { authorization: lab.executor.token },
    json,
  });

describe('the prober at a real Unleash', () => {
  it('sees the flag of each region as the client API delivers it, with a token that can only read', async () => {
    expect(await lookIn('us-east')).toEqual({ status: 200, [`flag.${lab.flag}`]: false });
    await admin('POST', '/strategies', {
      name: 'flexibleRollout',
      parameters: { rollout: '100', stickiness: 'default', groupId: lab.flag },
      constraints: [{ contextName: 'region', operator: 'IN', values: ['us-east'] }],
    });
    await admin('POST', '/on');
    for (let tries = 0; (await flagIn('us-east')) !== true && tries < 100; tries++) await sleep(100);
    expect([await flagIn('us-east'), await flagIn('eu-west')]).toEqual([true, false]);
    expect(await lookIn('us-east', 'default:production.wrong')).toEqual({ status: 401 });
  });
});
