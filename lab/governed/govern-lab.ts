import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startServices, type ExecutorPlan, type Services, type ServicesPlan } from '../services/services';
import { REGIONS } from '../systems/regions';
import type { Lab } from '../systems/start-lab';
import { CREDENTIALS, writeTargets } from './targets';

/** Starts Causeway over the lab: targets with this run's addresses, an executor a system, the prober's read-only credentials. */
export function governLab(
  lab: Lab,
  plan: Pick<ServicesPlan, 'runDir' | 'brokers' | 'databaseUrl' | 'topicPrefix' | 'say' | 'publishers' | 'more'>,
): Promise<Services> {
  const targetsDir = join(plan.runDir, 'targets');
  writeTargets(targetsDir, lab);
  return startServices({
    ...plan,
    targetsDir,
    executors: executorsOf(lab),
    probeCredentials: writeCredentials(plan.runDir, lab),
  });
}

const executor = (name: string, env: Record<string, string>): ExecutorPlan => ({
  name,
  script: `apps/executor-${name}/src/main.js`,
  env,
});

function executorsOf({ keycloak, tomcat, caddy, unleash }: Lab): ExecutorPlan[] {
  return [
    executor('keycloak', {
      CAUSEWAY_OBSERVES: 'idp',
      KEYCLOAK_URL: keycloak.url,
      KEYCLOAK_REALM: keycloak.realm,
      KEYCLOAK_CLIENT_ID: keycloak.executor.clientId,
      KEYCLOAK_CLIENT_SECRET: keycloak.executor.clientSecret,
      KEYCLOAK_OBSERVER_CLIENT_ID: keycloak.observer.clientId,
      KEYCLOAK_OBSERVER_CLIENT_SECRET: keycloak.observer.clientSecret,
    }),
    executor('tomcat', {
      CAUSEWAY_OBSERVES: 'shop',
      TOMCAT_MEMBERS: JSON.stringify(
        Object.fromEntries(REGIONS.map((region) => [`shop-${region}`, tomcat.instances[region].url])),
      ),
      TOMCAT_ACCESS_LOGS: JSON.stringify(
        Object.fromEntries(
          REGIONS.map((region) => [region, { [`shop-${region}`]: tomcat.instances[region].accessLog }]),
        ),
      ),
      TOMCAT_USER: tomcat.executor.name,
      TOMCAT_PASSWORD: tomcat.executor.password,
      TOMCAT_WAR_FOLDER: tomcat.warFolder,
    }),
    executor('caddy', {
      CAUSEWAY_OBSERVES: 'edge',
      CADDY_ADMIN_URL: caddy.controlPlane.adminUrl,
      CADDY_ADMIN_LOG: caddy.controlPlane.process.logFile,
    }),
    executor('unleash', {
      CAUSEWAY_OBSERVES: 'flags',
      UNLEASH_URL: unleash.url,
      UNLEASH_TOKEN: unleash.executor.token,
    }),
  ];
}

/** Of the probe users: a person who may see what users see, and a token that can only read flags. */
function writeCredentials(runDir: string, { keycloak, unleash }: Lab): string {
  mkdirSync(runDir, { recursive: true });
  const path = join(runDir, 'probe-credentials.json');
  const { username, password } = keycloak.probeUser;
  const credentials = {
    [CREDENTIALS.user]: { kind: 'password', username, password },
    [CREDENTIALS.bearer]: { kind: 'oidc', url: keycloak.tokenUrl, clientId: keycloak.webClientId, username, password },
    [CREDENTIALS.flags]: { kind: 'token', token: unleash.clientToken },
  };
  writeFileSync(path, JSON.stringify(credentials), { mode: 0o600 });
  return path;
}
