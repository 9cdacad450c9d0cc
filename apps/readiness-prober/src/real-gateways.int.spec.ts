import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { target as targetSchema, type ProbeData, type Target } from '@causeway/contracts';
import { systemClock } from '@causeway/host';
import { labFile } from '../../../lab/cache/cache-folder';
import { callOk } from '../../../lab/http/call';
import { startCaddy, type CaddyLab } from '../../../lab/systems/caddy/start';
import { GATEWAYS, REGIONS, type Region } from '../../../lab/systems/regions';
import { localServer, type LocalServer } from '../test/local-server';
import type { Round } from './handle/open-probe';
import { Prober } from './handle/prober';
import { createLooks } from './look/looks';
import { createWeb } from './look/web';

jest.setTimeout(120_000);

/** The lab's real gateways of two regions, looked at by the real prober; only writing rounds down is left out. */
let lab: CaddyLab;
let shop: LocalServer;
const web = createWeb();
const folder = mkdtempSync(join(tmpdir(), 'causeway-gateways-'));

beforeAll(async () => {
  shop = await localServer(({ url, headers }, response) => {
    const allowed = url === '/shop/api/audit' && headers.authorization === 'Bearer of-the-auditor';
    response.writeHead(allowed ? 200 : 403).end();
  });
  const upstream = shop.base.replace('http://', '');
  lab = await startCaddy({
    dir: folder,
    say: (line) => process.stderr.write(`${line}\n`),
    upstreams: { 'us-east': upstream, 'eu-west': upstream },
    delaySeconds: { 'us-east': 1, 'eu-west': 4 },
  });
});
afterAll(async () => {
  await web.close();
  const processes = lab ? [lab.controlPlane.process, ...Object.values(lab.gateways).map(({ process }) => process)] : [];
  await Promise.all(processes.map((one) => one.stop()));
  await shop.close();
  rmSync(folder, { recursive: true, force: true });
});

const placesOf = (region: Region) =>
  Object.fromEntries(
    GATEWAYS[region].map((name) => [name, { url: `${lab.gateways[name].url}/api/audit`, bearer: 'auditor' }]),
  );

const edge = (): Target =>
  targetSchema.parse({
    apiVersion: 'causeway/v1',
    kind: 'Target',
    metadata: { name: 'edge', owner: 'team-edge' },
    spec: {
      executor: 'caddy',
      propagation: 'regional-async',
      rung: 'effective',
      history: 'timestamped-log',
      scopes: GATEWAYS,
      changes: {},
      probes: {
        audit: {
          kind: 'http',
          every: '200ms',
          timeout: '1s',
          at: { 'us-east': placesOf('us-east'), 'eu-west': placesOf('eu-west') },
        },
      },
    },
  });

const request: ProbeData = {
  sequenceId: '00000000-0000-8000-8000-000000000001',
  step: 'gateway',
  attempt: 1,
  epoch: 1,
  target: 'edge',
  rung: 'effective',
  probe: 'audit',
  scopes: REGIONS.map((scope) => ({ scope, members: [...GATEWAYS[scope]] })),
  expect: [
    { observed: 'status', is: 'equals', wanted: 200 },
    { observed: 'header.x-policy', is: 'equals', wanted: 'auditor' },
  ],
  consecutive: 2,
  lookForMs: 60_000,
};

function watch() {
  const rounds: Round[] = [];
  const credentials = new Map([['auditor', { kind: 'token' as const, token: 'of-the-auditor' }]]);
  const prober = new Prober({
    clock: systemClock,
    sources: {
      registry: new Map([['edge', edge()]]),
      makeLook: createLooks(web, credentials),
      allowInstant: false,
    },
    report: (round) => Promise.resolve(rounds.push(round) > 0),
  });
  prober.watch([{ probeId: 'p', correlationId: 'c', rounds: 0, remainingMs: 60_000, request }]);
  return { prober, rounds };
}

/** What each gateway showed in a round: its policy, or that it did not answer. */
const shown = (round: Round | undefined): Record<string, unknown> =>
  Object.fromEntries(
    (round?.readings ?? []).map(({ member, outcome }) => [
      member,
      outcome.kind === 'observed' ? outcome.values['header.x-policy'] : 'unreachable',
    ]),
  );

async function until(what: string, holds: () => boolean, withinMs = 20_000): Promise<void> {
  for (const endsAt = performance.now() + withinMs; !holds(); await sleep(20))
    if (performance.now() > endsAt) throw new Error(`not within ${withinMs} ms: ${what}`);
}

const replacePolicy = async (): Promise<void> => {
  const { adminUrl } = lab.controlPlane;
  const document = JSON.parse(readFileSync(labFile('policies', 'auditor.json'), 'utf8')) as object;
  await callOk({
    method: 'PATCH',
    url: `${adminUrl}/id/${lab.policyId}`,
    headers: { origin: adminUrl },
    json: { '@id': lab.policyId, ...document },
  });
};

describe('the prober at real gateways that pull their policy', () => {
  it('sees each region change at its own pace, names the gateway that was stopped, and ends when all show it', async () => {
    const { rounds } = watch();
    const everywhere = (text: string) => ({ 'gw-us-1': text, 'gw-us-2': text, 'gw-eu-1': text, 'gw-eu-2': text });
    await until('a first round', () => rounds.length > 0);
    expect(shown(rounds[0])).toEqual(everywhere('baseline'));

    const stopped = lab.gateways['gw-eu-2'].process;
    stopped.pause();
    await replacePolicy();
    await until('gw-eu-2 named while the rest shows it', () => {
      const now = shown(rounds.at(-1));
      return now['gw-eu-1'] === 'auditor' && now['gw-eu-2'] === 'unreachable';
    });
    expect(shown(rounds.at(-1))).toEqual({ ...everywhere('auditor'), 'gw-eu-2': 'unreachable' });
    const lagging = rounds
      .map(shown)
      .some((round) => round['gw-us-1'] === 'auditor' && round['gw-eu-1'] === 'baseline');
    expect(lagging).toBe(true);
    const [reading] = rounds.at(-1)?.readings.filter(({ member }) => member === 'gw-eu-2') ?? [];
    expect(reading?.outcome).toMatchObject({
      reason: expect.stringMatching(/^no answer within 1 s; last answered at 20/),
    });

    stopped.resume();
    await until('the last round', () => rounds.at(-1)?.last === true);
    expect(shown(rounds.at(-1))).toEqual(everywhere('auditor'));
  });
});
