import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import {
  configWrites,
  deployHistory,
  flagHistory,
  flagPlace,
  freshUserToken,
  pollWitness,
  readAcceptedPolicy,
  readDeployments,
  readFlagAsClient,
  readFlagSetting,
  readGateway,
  readGroupRoles,
  readServedVersion,
  REGIONS,
  roleMappingHistory,
  startLab,
  startPostgres,
  type Lab,
  type Postgres,
} from '../index';
import { basic, bearer, call, callJson, callOk } from '../http/call';
import { labFile } from '../cache/cache-folder';

/** A first run on a machine downloads everything. */
const SET_UP_MS = 15 * 60_000;
const EU_WEST_DELAY_SECONDS = 5;

jest.setTimeout(90_000);

describe('the lab of real systems', () => {
  let postgres: Postgres;
  let lab: Lab;

  beforeAll(async () => {
    const runDir = mkdtempSync(join(tmpdir(), 'causeway-lab-spec-'));
    const say = (line: string): void => void process.stderr.write(`${line}\n`);
    postgres = await startPostgres({ dir: runDir, say, durable: false });
    lab = await startLab({ runDir, postgresUrl: postgres.url, say, euWestDelaySeconds: EU_WEST_DELAY_SECONDS });
  }, SET_UP_MS);

  afterAll(async () => {
    await lab?.stop();
    await postgres?.stop();
  }, 60_000);

  it('starts in the old state everywhere', async () => {
    const token = await freshUserToken(lab.keycloak);
    expect(await readGroupRoles(lab.keycloak)).toEqual([]);
    for (const region of REGIONS) {
      expect(await readDeployments(lab.tomcat, region)).toEqual([{ version: '1.0.0', state: 'running' }]);
      expect(await readFlagAsClient(lab.unleash, region)).toBe(false);
    }
    for (const gateway of Object.values(lab.caddy.gateways))
      expect(await readGateway(gateway, token)).toEqual({ policy: 'baseline', auditStatus: 403, appVersion: '1.0.0' });
    expect(await readFlagSetting(lab.unleash)).toEqual({ enabled: false, regions: [] });
    expect(await configWrites(lab.caddy)).toEqual([]);
    expect(await roleMappingHistory(lab.keycloak)).toEqual([]);
  });

  it('lets a user in only when role, application and policy are all new', async () => {
    const witness = pollWitness({ gateways: Object.values(lab.caddy.gateways), flag: lab.unleash, everyMs: 100 });
    const { url } = lab.tomcat.instances['us-east'];

    for (const region of REGIONS) await deploy(region);
    expect(await readServedVersion(lab.tomcat.instances['us-east'])).toBe('1.1.0');
    expect((await call({ url: `${url}/shop/api/audit` })).status).toBe(401);
    expect((await call({ url: `${url}/shop/api/audit`, headers: bearer('no.such.token') })).status).toBe(401);
    const before = await freshUserToken(lab.keycloak);
    expect((await call({ url: `${url}/shop/api/audit`, headers: bearer(before) })).status).toBe(403);

    await mapRole();
    expect(await readGroupRoles(lab.keycloak)).toEqual(['policy-reader']);
    const token = await freshUserToken(lab.keycloak);
    expect((await call({ url: `${url}/shop/api/audit`, headers: bearer(token) })).status).toBe(200);

    const writtenAtMs = Date.now();
    await writePolicy('spec/gateway/1');
    expect(JSON.stringify(await readAcceptedPolicy(lab.caddy))).toContain('auditor');
    await sleep((EU_WEST_DELAY_SECONDS + 2) * 1000);
    for (const gateway of Object.values(lab.caddy.gateways)) {
      expect(await readGateway(gateway, token)).toEqual({ policy: 'auditor', auditStatus: 200, appVersion: '1.1.0' });
      expect(await readGateway(gateway, before)).toMatchObject({ auditStatus: 403 });
    }

    const delayMs = (name: string): number => (witness.first(name, 'auditor')?.firstSeenMs ?? Infinity) - writtenAtMs;
    for (const name of ['gw-us-1', 'gw-us-2']) expect(delayMs(name)).toBeLessThan(2_500);
    for (const name of ['gw-eu-1', 'gw-eu-2']) expect(delayMs(name)).toBeLessThan((EU_WEST_DELAY_SECONDS + 2) * 1000);
    await witness.stop();
  });

  it('delivers the flag by region, and a stopped gateway shows as not answering', async () => {
    const gateway = lab.caddy.gateways['gw-eu-2'];
    const witness = pollWitness({ gateways: [gateway], flag: lab.unleash, everyMs: 100 });
    await sleep(300);
    gateway.process.pause();
    await turnOnIn(['us-east']);
    await sleep(3_500);
    gateway.process.resume();
    await sleep(1_000);
    await witness.stop();

    expect(witness.sightings('gw-eu-2').map(({ value }) => value)).toEqual(['auditor', null, 'auditor']);
    expect(witness.first(flagPlace('us-east'), 'on')).not.toBeNull();
    expect(witness.first(flagPlace('eu-west'), 'on')).toBeNull();
    expect(await readFlagSetting(lab.unleash)).toEqual({ enabled: true, regions: ['us-east'] });
  });

  it('tells from each system who changed it and how often', async () => {
    expect(await roleMappingHistory(lab.keycloak)).toMatchObject([
      { operation: 'added', roles: ['policy-reader'], by: 'service-account-causeway-executor' },
    ]);
    expect(await deployHistory(lab.tomcat.instances['eu-west'])).toMatchObject([
      { user: 'causeway-executor', command: 'deploy', version: '1.1.0', change: 'spec/app/1', status: 200 },
    ]);
    await writePolicy('spec/gateway/2', '"/stale 0000"');
    expect(await configWrites(lab.caddy)).toMatchObject([
      { method: 'PATCH', uri: '/id/edge-policy', change: 'spec/gateway/1', refused: false },
      { method: 'PATCH', uri: '/id/edge-policy', change: 'spec/gateway/2', refused: true },
    ]);
    const events = await flagHistory(lab.unleash);
    const enabled = events.filter(({ type }) => type === 'feature-environment-enabled');
    expect(enabled).toMatchObject([{ by: 'causeway-executor@example.com', environment: 'production' }]);
  });

  async function deploy(region: (typeof REGIONS)[number]): Promise<void> {
    const { name, password } = lab.tomcat.executor;
    const url = `${lab.tomcat.instances[region].url}/manager/text/deploy?path=/shop&version=1.1.0`;
    const headers = { ...basic(name, password), 'x-causeway-step': 'spec/app/1' };
    const answer = await request(url, {
      method: 'PUT',
      headers,
      body: readFileSync(join(lab.tomcat.warFolder, 'shop-1.1.0.war')),
    });
    expect(await answer.body.text()).toMatch(/^OK/);
  }

  async function mapRole(): Promise<void> {
    const { url, realm, tokenUrl, executor, group, role } = lab.keycloak;
    const grant = {
      grant_type: 'client_credentials',
      client_id: executor.clientId,
      client_secret: executor.clientSecret,
    };
    const { access_token } = await callJson<{ access_token: string }>({ method: 'POST', url: tokenUrl, form: grant });
    const headers = bearer(access_token);
    const admin = `${url}/admin/realms/${realm}`;
    const { id } = await callJson<{ id: string }>({ url: `${admin}/group-by-path/${group}`, headers });
    const mappings = `${admin}/groups/${id}/role-mappings/realm`;
    const available = await callJson<{ id: string; name: string }[]>({ url: `${mappings}/available`, headers });
    const json = available.filter(({ name }) => name === role);
    expect((await call({ method: 'POST', url: mappings, headers, json })).status).toBe(204);
  }

  /** @param tag If-Match; without it, the tag of what is there now */
  async function writePolicy(step: string, tag?: string): Promise<void> {
    const { adminUrl } = lab.caddy.controlPlane;
    const url = `${adminUrl}/id/${lab.caddy.policyId}`;
    const origin = { origin: adminUrl };
    const etag = tag ?? String((await callOk({ url, headers: origin })).headers['etag']);
    const document = JSON.parse(readFileSync(labFile('policies', 'auditor.json'), 'utf8')) as object;
    const headers = { ...origin, 'if-match': etag, 'x-causeway-step': step };
    const json = { '@id': lab.caddy.policyId, ...document };
    expect((await call({ method: 'PATCH', url, headers, json })).status).toBe(tag ? 412 : 200);
  }

  async function turnOnIn(values: readonly string[]): Promise<void> {
    const { url, project, flag, environment, executor } = lab.unleash;
    const at = `${url}/api/admin/projects/${project}/features/${flag}/environments/${environment}`;
    const headers = { authorization: executor.token };
    const constraints = [{ contextName: 'region', operator: 'IN', values }];
    const parameters = { rollout: '100', stickiness: 'default', groupId: flag };
    const json = { name: 'flexibleRollout', parameters, constraints };
    await callOk({ method: 'POST', url: `${at}/strategies`, headers, json });
    await callOk({ method: 'POST', url: `${at}/on`, headers });
  }
});
