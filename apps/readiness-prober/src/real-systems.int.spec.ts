import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  target,
  type MemberReading,
  type ResolvedExpectation,
  type Sight,
  type Target,
  type TargetDocument,
} from '@causeway/contracts';
import { systemClock } from '@causeway/host';
import { GATEWAYS, REGIONS, startLab, startPostgres, type Lab } from '@causeway/lab';
import { request } from 'undici';
import type { Round } from './probe/open-probe';
import { Prober } from './probe/prober';
import { until } from '../spec/until';
import type { Credentials } from './look/credentials';
import { createLooks } from './look/looks';
import { createWeb } from './look/web';
import { Watcher } from './watch/watcher';

jest.setTimeout(240_000);

/** The lab's four real systems, looked at by the real prober; only writing rounds down is left out. */
let lab: Lab;
let registry: Map<string, Target>;
const web = createWeb();
const folder = mkdtempSync(join(tmpdir(), 'causeway-systems-'));
const closers: (() => Promise<unknown>)[] = [async () => rmSync(folder, { recursive: true, force: true })];

beforeAll(async () => {
  const say = (line: string): unknown => process.stderr.write(`${line}\n`);
  const postgres = await startPostgres({ dir: folder, say });
  closers.push(() => postgres.stop());
  lab = await startLab({ runDir: folder, postgresUrl: postgres.url, say, euWestDelaySeconds: 6 });
  closers.push(() => lab.stop());
  registry = labTargets(lab);
});
afterAll(async () => {
  await web.close();
  for (const close of closers.reverse()) await close();
});

const probers: (Prober | Watcher)[] = [];
afterEach(() => probers.splice(0).forEach((prober) => prober.stop()));

/** The rounds of one probe at all members of a target, while the story goes on. */
function watch(name: string, probe: string, expect: ResolvedExpectation[], consecutive = 1) {
  const rounds: Round[] = [];
  const prober = new Prober({
    clock: systemClock,
    sources: { registry, makeLook: createLooks(web, labCredentials(lab)), allowInstant: false },
    report: (round) => Promise.resolve(rounds.push(round) > 0),
  });
  probers.push(prober);
  const scopes = Object.entries(registry.get(name)?.spec.scopes ?? {}).map(([scope, members]) => ({
    scope,
    members,
  }));
  const sequenceId = '00000000-0000-8000-8000-000000000001';
  const asked = { step: 'step', attempt: 1, epoch: 1, rung: 'effective' as const, consecutive, lookForMs: 120_000 };
  const data = { sequenceId, target: name, probe, scopes, expect, ...asked };
  prober.look([{ probeId: 'p', correlationId: 'c', rounds: 0, remainingMs: data.lookForMs, request: data }]);
  return { shown: () => rounds.map(shownIn), isOver: () => rounds.at(-1)?.last === true };
}

/** What a watch says of one value at all members of a target, while the story goes on. */
function sightsOf(name: string, probe: string, observed: string): Sight[] {
  const sights: Sight[] = [];
  const watcher = new Watcher({
    clock: systemClock,
    sources: { registry, makeLook: createLooks(web, labCredentials(lab)), allowInstant: false },
    report: (said) => Promise.resolve(sights.push(...said.sights) >= 0),
  });
  probers.push(watcher);
  const scopes = Object.entries(registry.get(name)?.spec.scopes ?? {}).map(([scope, members]) => ({ scope, members }));
  const steps = [{ step: 'step', target: name, probe, scopes, expect: [equals(observed, true)] }];
  const request = { sequenceId: '00000000-0000-8000-8000-000000000001', epoch: 1, steps };
  const open = { ending: false, lookedUntil: null, remainingMs: 120_000 };
  watcher.follow([{ watchId: 'w', correlationId: 'c', request, ...open }]);
  return sights;
}

const shownIn = (round: Round): Record<string, unknown> =>
  Object.fromEntries(round.readings.map(({ scope, member, outcome }) => [`${scope}/${member}`, sight(outcome)]));
const sight = (outcome: MemberReading['outcome']): unknown =>
  outcome.kind === 'observed' ? outcome.values : outcome.reason;
const equals = (observed: string, wanted: ResolvedExpectation['wanted']): ResolvedExpectation => ({
  observed,
  is: 'equals',
  wanted,
});

async function call(method: 'GET' | 'POST' | 'PUT' | 'PATCH', url: string, headers: object, body?: string | Buffer) {
  const answer = await request(url, { method, headers: { ...headers }, body });
  const text = await answer.body.text();
  if (answer.statusCode >= 300) throw new Error(`${method} ${url} answered ${answer.statusCode}: ${text}`);
  return text;
}
const json = { 'content-type': 'application/json' };

/** What the executors do, done by hand: this spec is about what is seen of it. */
const change = {
  async role(): Promise<void> {
    const { url, realm, admin, group, role } = lab.keycloak;
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const credentials = { grant_type: 'password', client_id: 'admin-cli', ...admin };
    const tokenUrl = `${url}/realms/master/protocol/openid-connect/token`;
    const answer = await call('POST', tokenUrl, form, new URLSearchParams(credentials).toString());
    const authorization = `Bearer ${(JSON.parse(answer) as { access_token: string }).access_token}`;
    const groups = await call('GET', `${url}/admin/realms/${realm}/groups?search=${group}`, { authorization });
    const [found] = JSON.parse(groups) as { id: string }[];
    const mapped = await call('GET', `${url}/admin/realms/${realm}/roles/${role}`, { authorization });
    const path = `/admin/realms/${realm}/groups/${found?.id}/role-mappings/realm`;
    await call('POST', `${url}${path}`, { authorization, ...json }, `[${mapped}]`);
  },
  async version(region: 'us-east' | 'eu-west'): Promise<void> {
    const { instances, team, warFolder } = lab.tomcat;
    const authorization = `Basic ${Buffer.from(`${team.name}:${team.password}`).toString('base64')}`;
    const war = readFileSync(join(warFolder, 'shop-1.1.0.war'));
    const url = `${instances[region].url}/manager/text/deploy?path=/shop&version=1.1.0`;
    expect(await call('PUT', url, { authorization }, war)).toMatch(/^OK/);
  },
  async policy(): Promise<void> {
    const { controlPlane, policyId } = lab.caddy;
    const document = JSON.parse(readFileSync(join(__dirname, '../../../lab/policies/auditor.json'), 'utf8')) as object;
    const headers = { origin: controlPlane.adminUrl, ...json };
    const body = JSON.stringify({ '@id': policyId, ...document });
    await call('PATCH', `${controlPlane.adminUrl}/id/${policyId}`, headers, body);
  },
  async flag(region: string): Promise<void> {
    const { url, project, flag, environment, team } = lab.unleash;
    const path = `${url}/api/admin/projects/${project}/features/${flag}/environments/${environment}`;
    const headers = { authorization: team.token, ...json };
    const constraints = [{ contextName: 'region', operator: 'IN', values: [region] }];
    const strategy = { name: 'flexibleRollout', parameters: { rollout: '100', stickiness: 'default', groupId: flag } };
    await call('POST', `${path}/strategies`, headers, JSON.stringify({ ...strategy, constraints }));
    await call('POST', `${path}/on`, headers);
  },
};

describe('the prober at the real systems', () => {
  it('sees a role only once a fresh token of the probe user carries it', async () => {
    const idp = watch('idp', 'token', [{ observed: 'roles', is: 'includes', wanted: 'policy-reader' }]);
    await until('a first round', () => idp.shown().length > 0);
    expect(idp.shown()[0]).toEqual({
      'global/realm': { status: 200, roles: expect.not.arrayContaining(['policy-reader']) },
    });
    await change.role();
    await until('the role in a token', idp.isOver);
    expect(idp.shown().at(-1)).toEqual({
      'global/realm': { status: 200, roles: expect.arrayContaining(['policy-reader']) },
    });
  });

  it('sees which version of the application answers in each region', async () => {
    const shop = watch('shop', 'version', [equals('body.version', '1.1.0')]);
    const shows = (us: string, eu: string) => ({
      'us-east/shop-us-east': { status: 200, 'body.version': us },
      'eu-west/shop-eu-west': { status: 200, 'body.version': eu },
    });
    await until('a first round of both', () => shop.shown().some((round) => Object.keys(round).length === 2));
    await change.version('us-east');
    await until('us-east in a round', () => isDeepStrictEqual(shop.shown().at(-1), shows('1.1.0', '1.0.0')));
    await change.version('eu-west');
    await until('both', shop.isOver);
    expect(shop.shown().at(-1)).toEqual(shows('1.1.0', '1.1.0'));
  });

  it('sees the policy at each gateway, and names the one that was stopped', async () => {
    const edge = watch('edge', 'audit', [equals('status', 200), equals('header.x-policy', 'auditor')], 2);
    const everywhere = (shows: unknown) =>
      Object.fromEntries(
        ['us-east/gw-us-1', 'us-east/gw-us-2', 'eu-west/gw-eu-1', 'eu-west/gw-eu-2'].map((member) => [member, shows]),
      );
    const before = { status: 403, 'header.x-policy': 'baseline' };
    const after = { status: 200, 'header.x-policy': 'auditor' };
    const now = () => edge.shown().at(-1) ?? {};
    await until('a first round', () => JSON.stringify(now()).split('baseline').length === 5);
    expect(now()).toEqual(everywhere(before));

    lab.caddy.gateways['gw-eu-2'].process.pause();
    await change.policy();
    await until('the stopped one named', () => String(now()['eu-west/gw-eu-2']).startsWith('no answer within 2 s;'));
    await until('all others', () => JSON.stringify(now()).split('auditor').length === 4);
    expect(now()).toEqual({ ...everywhere(after), 'eu-west/gw-eu-2': expect.stringMatching(/last answered at 20/) });

    lab.caddy.gateways['gw-eu-2'].process.resume();
    await until('all', edge.isOver);
    expect(now()).toEqual(everywhere(after));
  });

  it('sees the flag of each region as an application gets it, for a gate and for a watch', async () => {
    const flag = `flag.${lab.unleash.flag}`;
    const flags = watch('flags', 'client', [equals(flag, true)]);
    const sights = sightsOf('flags', 'client', flag);
    await until('a first round', () => flags.shown().length > 0);
    await until('first sights', () => sights.length === 2);
    const changedAt = Date.now();
    await change.flag('us-east');
    await until('us-east in a round', () => JSON.stringify(flags.shown().at(-1)).includes('true'));
    expect(flags.shown().at(-1)).toEqual({
      'us-east/client': { status: 200, [flag]: true },
      'eu-west/client': { status: 200, [flag]: false },
    });
    await change.flag('eu-west');
    await until('both', flags.isOver);
    await until('a sight of each', () => sights.length === 4);
    expect(sights.map(({ scope, outcome }) => [scope, sight(outcome)]).slice(2)).toEqual([
      ['us-east', { [flag]: true }],
      ['eu-west', { [flag]: true }],
    ]);
    expect(Date.parse(sights[2]?.seenAt ?? '')).toBeGreaterThan(changedAt);
  });
});

type Probes = TargetDocument['spec']['probes'];

/** How the lab's four systems are looked at. The changes are the executors' business and left out. */
function labTargets(lab: Lab): Map<string, Target> {
  const { keycloak, tomcat, caddy, unleash } = lab;
  const perRegion = <T>(of: (region: (typeof REGIONS)[number]) => T): Record<string, T> =>
    Object.fromEntries(REGIONS.map((region) => [region, of(region)]));
  const all: Record<string, Probes> = {
    idp: {
      token: {
        kind: 'oidc-token',
        at: {
          global: { realm: { url: keycloak.tokenUrl, clientId: keycloak.webClientId, credential: 'probe-user' } },
        },
      },
    },
    shop: {
      version: {
        kind: 'http',
        at: perRegion((region) => ({ [`shop-${region}`]: { url: `${tomcat.instances[region].url}/shop/version` } })),
      },
    },
    edge: {
      audit: {
        kind: 'http',
        at: perRegion((region) =>
          Object.fromEntries(
            GATEWAYS[region].map((name) => [
              name,
              { url: `${caddy.gateways[name].url}/api/audit`, bearer: 'probe-user-token' },
            ]),
          ),
        ),
      },
    },
    flags: {
      client: {
        kind: 'unleash-client',
        at: perRegion((region) => ({
          client: { url: `${unleash.url}/api/client/features`, credential: 'flags-read', region },
        })),
      },
    },
  };
  return new Map(Object.entries(all).map(([name, probes]) => [name, targetOf(name, probes)]));
}

function targetOf(name: string, probes: Probes): Target {
  const scopes = Object.values(probes ?? {}).flatMap((probe) => ('at' in probe ? Object.entries(probe.at) : []));
  return target.parse({
    apiVersion: 'causeway/v1',
    kind: 'Target',
    metadata: { name, owner: 'team-lab' },
    spec: {
      executor: 'any',
      propagation: 'regional-async',
      rung: 'effective',
      history: 'timestamped-log',
      scopes: Object.fromEntries(scopes.map(([scope, members]) => [scope, Object.keys(members)])),
      changes: {},
      probes,
    },
  });
}

/** What the lab's probe users can do: sign in, and read flags. */
const labCredentials = ({ keycloak, unleash }: Lab): Credentials =>
  new Map([
    ['probe-user', { kind: 'password', ...keycloak.probeUser }],
    [
      'probe-user-token',
      { kind: 'oidc', url: keycloak.tokenUrl, clientId: keycloak.webClientId, ...keycloak.probeUser },
    ],
    ['flags-read', { kind: 'token', token: unleash.clientToken }],
  ]);
