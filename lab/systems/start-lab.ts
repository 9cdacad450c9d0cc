import { join } from 'node:path';
import type { Say } from '../cache/cache-folder';
import { endLeftovers } from '../processes/leftovers';
import type { RunningProcess } from '../processes/managed-process';
import { freePorts } from '../processes/ports';
import { findCaddy } from './caddy/install';
import { startCaddy, type CaddyLab } from './caddy/start';
import { installKeycloak } from './keycloak/install';
import { issuerAt, startKeycloak, type KeycloakLab } from './keycloak/start';
import { installTomcat } from './tomcat/install';
import { startTomcat, type TomcatLab } from './tomcat/start';
import { installUnleash } from './unleash/install';
import { startUnleash, type UnleashLab } from './unleash/start';

/** The four real systems of the demo, in the old state, with an account for every principal. */
export interface Lab {
  readonly keycloak: KeycloakLab;
  readonly tomcat: TomcatLab;
  readonly caddy: CaddyLab;
  readonly unleash: UnleashLab;
  /** Every process, for tests that stop or pause one. */
  readonly processes: readonly RunningProcess[];
  stop(): Promise<void>;
}

export interface LabOptions {
  /** This run's data and logs. */
  readonly runDir: string;
  /** Superuser's address of a server where Unleash gets a database of its own. */
  readonly postgresUrl: string;
  readonly say: Say;
  /** How slowly eu-west's gateways pull their policy; us-east's ask every second. */
  readonly euWestDelaySeconds?: number;
}

const US_EAST_DELAY_SECONDS = 1;
const EU_WEST_DELAY_SECONDS = 12;

/** Sets up what this machine has not got yet: downloads, and a minute or two of building, once. */
export async function installLab(say: Say): Promise<void> {
  await Promise.all([installKeycloak(say), installTomcat(say), findCaddy(say), installUnleash(say)]);
}

/** Sets up what this machine has not got yet, then starts all four at once. One that fails ends those that run. */
export async function startLab(options: LabOptions): Promise<Lab> {
  const { runDir, postgresUrl, say } = options;
  endLeftovers(say);
  const [identityPort, usPort, euPort] = (await freePorts(3)) as [number, number, number];
  const ports = { 'us-east': usPort, 'eu-west': euPort };
  const upstreams = { 'us-east': `127.0.0.1:${usPort}`, 'eu-west': `127.0.0.1:${euPort}` };
  const delaySeconds = {
    'us-east': US_EAST_DELAY_SECONDS,
    'eu-west': options.euWestDelaySeconds ?? EU_WEST_DELAY_SECONDS,
  };
  const [keycloak, tomcat, caddy, unleash] = await allOrNone(
    timed('Keycloak', say, startKeycloak({ dir: join(runDir, 'keycloak'), port: identityPort, say })),
    timed('Tomcat', say, startTomcat({ dir: join(runDir, 'tomcat'), ports, issuer: issuerAt(identityPort), say })),
    timed('Caddy', say, startCaddy({ dir: join(runDir, 'caddy'), upstreams, delaySeconds, say })),
    timed('Unleash', say, startUnleash({ dir: join(runDir, 'unleash'), postgresUrl, say })),
  );
  const processes = [...caddyProcesses(caddy), ...tomcatProcesses(tomcat), unleash.process, keycloak.process];
  return { keycloak, tomcat, caddy, unleash, processes, stop: () => stopAll(processes) };
}

/** When one cannot be started, the others are stopped once they have come up, and the first failure is told. */
async function allOrNone(
  keycloak: Promise<KeycloakLab>,
  tomcat: Promise<TomcatLab>,
  caddy: Promise<CaddyLab>,
  unleash: Promise<UnleashLab>,
): Promise<[KeycloakLab, TomcatLab, CaddyLab, UnleashLab]> {
  const all = Promise.all([keycloak, tomcat, caddy, unleash]);
  try {
    return await all;
  } catch (error) {
    const started = await Promise.allSettled([
      keycloak.then((lab) => [lab.process]),
      tomcat.then(tomcatProcesses),
      caddy.then(caddyProcesses),
      unleash.then((lab) => [lab.process]),
    ]);
    await stopAll(started.flatMap((one) => (one.status === 'fulfilled' ? one.value : [])));
    throw error;
  }
}

async function timed<T>(name: string, say: Say, starting: Promise<T>): Promise<T> {
  const startedMs = Date.now();
  const lab = await starting;
  say(`${name} is up (${((Date.now() - startedMs) / 1000).toFixed(1)} s)`);
  return lab;
}

const tomcatProcesses = ({ instances }: TomcatLab): RunningProcess[] =>
  Object.values(instances).map(({ process }) => process);

const caddyProcesses = ({ controlPlane, gateways }: CaddyLab): RunningProcess[] => [
  ...Object.values(gateways).map(({ process }) => process),
  controlPlane.process,
];

async function stopAll(processes: readonly RunningProcess[]): Promise<void> {
  await Promise.all(processes.map((process) => process.stop()));
}
