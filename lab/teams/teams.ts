/** What the teams do by hand, each at its own system with its own account. Nothing here knows Causeway. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { basic, bearer, callJson, callOk, untilAnswered } from '../http/call';
import type { CaddyLab } from '../systems/caddy/start';
import type { KeycloakLab } from '../systems/keycloak/start';
import { REGIONS, type Region } from '../systems/regions';
import type { TomcatLab } from '../systems/tomcat/start';
import type { UnleashLab } from '../systems/unleash/start';

type RoleDeed = 'given' | 'given again' | 'taken back';

/** The identity team gives a role to the group (`given again`: which has it already), or takes it back. */
export async function mapRole(keycloak: KeycloakLab, wanted: RoleDeed, role = keycloak.role): Promise<void> {
  const write = await aboutToMapRole(keycloak, wanted, role);
  await write();
}

/** All but the write itself, so that its moment can be chosen. */
export async function aboutToMapRole(
  keycloak: KeycloakLab,
  wanted: RoleDeed,
  role: string,
): Promise<() => Promise<void>> {
  const { url, realm, tokenUrl, team, group } = keycloak;
  const form = { grant_type: 'client_credentials', client_id: team.clientId, client_secret: team.clientSecret };
  const { access_token } = await callJson<{ access_token: string }>({ method: 'POST', url: tokenUrl, form });
  const headers = bearer(access_token);
  const admin = `${url}/admin/realms/${realm}`;
  const { id } = await callJson<{ id: string }>({ url: `${admin}/group-by-path/${group}`, headers });
  const mappings = `${admin}/groups/${id}/role-mappings/realm`;
  const from = wanted === 'given' ? `${mappings}/available` : mappings;
  const roles = (await callJson<{ id: string; name: string }[]>({ url: from, headers })).filter(
    ({ name }) => name === role,
  );
  if (roles.length === 0) throw new Error(`role ${role} is not there to be ${wanted} at group ${group}`);
  const method = wanted === 'taken back' ? 'DELETE' : 'POST';
  return async () => {
    await callOk({ method, url: mappings, headers, json: roles });
  };
}

/** The shop's team uploads a version in one region; over the same one that is there, when it says so. */
export async function deploy(
  tomcat: TomcatLab,
  region: Region,
  version: string,
  { overIt = false }: { overIt?: boolean } = {},
): Promise<void> {
  const body = await readFile(join(tomcat.warFolder, `shop-${version}.war`));
  const update = overIt ? '&update=true' : '';
  await manage(tomcat, region, 'PUT', `deploy?path=/${tomcat.context}&version=${version}${update}`, body);
}

/** The shop's team takes a version out in one region; the newest that is left serves. */
export const undeploy = (tomcat: TomcatLab, region: Region, version: string): Promise<void> =>
  manage(tomcat, region, 'GET', `undeploy?path=/${tomcat.context}&version=${version}`);

async function manage(
  { instances, team }: TomcatLab,
  region: Region,
  method: 'GET' | 'PUT',
  command: string,
  body?: Buffer,
): Promise<void> {
  const url = `${instances[region].url}/manager/text/${command}`;
  const answer = await request(url, { method, headers: basic(team.name, team.password), body });
  const text = await answer.body.text();
  // A failure comes with status 200: the first word tells.
  if (!text.startsWith('OK')) throw new Error(`${url} answered ${answer.statusCode}: ${text}`);
}

/**
 * The gateways' team writes the policy at the control plane; each region's gateways pull it at their own pace. Caddy opens its admin
 * endpoint anew at each change and hangs up on those it had not begun to read: they write once more.
 */
export async function writePolicy(caddy: CaddyLab, document: object): Promise<void> {
  const { adminUrl } = caddy.controlPlane;
  const headers = { origin: adminUrl, 'user-agent': 'gateway-team' };
  const json = { '@id': caddy.policyId, ...document };
  await untilAnswered(() => callOk({ method: 'PATCH', url: `${adminUrl}/id/${caddy.policyId}`, headers, json }));
}

/** The release team switches the flag, everywhere at once. */
export async function switchFlag(unleash: UnleashLab, to: 'on' | 'off'): Promise<void> {
  await callOk({ method: 'POST', url: `${flagAt(unleash)}/${to}`, headers: { authorization: unleash.team.token } });
}

/** The release team lets everybody in by one more strategy. */
export async function addStrategy(unleash: UnleashLab): Promise<void> {
  const headers = { authorization: unleash.team.token };
  const json = {
    name: 'flexibleRollout',
    parameters: { rollout: '100', stickiness: 'default', groupId: unleash.flag },
  };
  await callOk({ method: 'POST', url: `${flagAt(unleash)}/strategies`, headers, json });
}

interface Strategy {
  readonly id: string;
  readonly constraints: readonly { readonly contextName: string; readonly values: readonly string[] }[];
}

/** The release team lets in one more region by the strategy that is there. */
export async function widenStrategy(unleash: UnleashLab, region: Region): Promise<void> {
  const headers = { authorization: unleash.team.token };
  const url = `${flagAt(unleash)}/strategies`;
  const [strategy] = await callJson<Strategy[]>({ url, headers });
  if (!strategy) throw new Error(`flag ${unleash.flag} has no strategy to widen`);
  const constraints = strategy.constraints.map((one) =>
    one.contextName === 'region' ? { ...one, values: [...one.values, region] } : one,
  );
  await callOk({ method: 'PUT', url: `${url}/${strategy.id}`, headers, json: { ...strategy, constraints } });
}

/** The release team takes out every strategy, so that no region is named any more. */
export async function clearStrategies(unleash: UnleashLab): Promise<void> {
  const url = `${flagAt(unleash)}/strategies`;
  const headers = { authorization: unleash.team.token };
  for (const { id } of await callJson<{ id: string }[]>({ url, headers }))
    await callOk({ method: 'DELETE', url: `${url}/${id}`, headers });
}

const flagAt = ({ url, project, flag, environment }: UnleashLab): string =>
  `${url}/api/admin/projects/${project}/features/${flag}/environments/${environment}`;

/**
 * The gateways of a region load what their loader would pull in its own time, and their time begins anew: afterwards each waits its
 * region's whole delay.
 */
export async function pullNow(caddy: CaddyLab, regions: readonly Region[] = REGIONS): Promise<void> {
  const gateways = Object.values(caddy.gateways).filter(({ region }) => regions.includes(region));
  await Promise.all(gateways.map(({ region, adminUrl }) => untilDone(() => pull(caddy, region, adminUrl))));
}

async function pull({ controlPlane }: CaddyLab, region: Region, adminUrl: string): Promise<void> {
  const json = await callJson<object>({ url: `${controlPlane.url}/edge/${region}` });
  // Without this header Caddy ignores a document that is the one it has, and its timer runs on.
  const headers = { origin: adminUrl, 'cache-control': 'must-revalidate' };
  await callOk({ method: 'POST', url: `${adminUrl}/load`, headers, json });
}

const PULLED_WITHIN_MS = 10_000;

/** Caddy starts its admin endpoint anew at each change, and hangs up on whoever asks meanwhile. Pulling twice does no harm. */
async function untilDone(work: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + PULLED_WITHIN_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(100);
    }
  }
}
