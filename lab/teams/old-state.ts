import { readFile } from 'node:fs/promises';
import { labFile } from '../cache/cache-folder';
import { policyOf } from '../readback/caddy';
import { waitUntil } from '../processes/wait-until';
import { readGroupRoles } from '../readback/keycloak';
import { readDeployments } from '../readback/tomcat';
import { readFlagAsClient } from '../readback/unleash';
import { call } from '../http/call';
import { REGIONS } from '../systems/regions';
import type { Lab } from '../systems/start-lab';
import { clearStrategies, mapRole, pullNow, switchFlag, undeploy, writePolicy } from './teams';

const WITHIN_MS = 30_000;

export const policyFile = async (name: 'auditor' | 'baseline'): Promise<object> =>
  JSON.parse(await readFile(labFile('policies', `${name}.json`), 'utf8')) as object;

/**
 * The teams put everything back by hand, last change first, so that no user meets a closed door: flag off, old policy (pulled at
 * once), version 1.1.0 out, role taken back. Resolves when all of it is effective in every region.
 */
export async function restoreOldState(lab: Lab): Promise<void> {
  await switchFlag(lab.unleash, 'off');
  await eventually('the flag is off', async () => {
    const on = await Promise.all(REGIONS.map((region) => readFlagAsClient(lab.unleash, region)));
    return !on.includes(true);
  });
  await clearStrategies(lab.unleash);
  await writePolicy(lab.caddy, await policyFile('baseline'));
  await pullNow(lab.caddy);
  await eventually('all gateways serve the old policy', () => allServe(lab, 'baseline'));
  await Promise.all(REGIONS.map((region) => takeOutNewVersion(lab, region)));
  if ((await readGroupRoles(lab.keycloak)).includes(lab.keycloak.role)) await mapRole(lab.keycloak, 'taken back');
}

async function takeOutNewVersion({ tomcat }: Lab, region: (typeof REGIONS)[number]): Promise<void> {
  const newer = (await readDeployments(tomcat, region)).filter(({ version }) => version !== '1.0.0');
  for (const { version } of newer) await undeploy(tomcat, region, version);
}

async function allServe({ caddy }: Lab, policy: string): Promise<boolean> {
  const served = await Promise.all(
    Object.values(caddy.gateways).map(async ({ url }) => policyOf((await call({ url: `${url}/version` })).headers)),
  );
  return served.every((one) => one === policy);
}

/** A system that does not answer just now is looked at again. */
const eventually = (what: string, holds: () => Promise<boolean>): Promise<void> =>
  waitUntil(what, WITHIN_MS, () => holds().catch(() => false));
