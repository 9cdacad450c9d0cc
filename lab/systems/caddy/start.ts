import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { labFile, type Say } from '../../cache/cache-folder';
import { call, callOk } from '../../http/call';
import { startProcess, type RunningProcess } from '../../processes/managed-process';
import { freePorts } from '../../processes/ports';
import { GATEWAYS, REGIONS, type GatewayName, type Region } from '../regions';
import { controlPlaneDocument, POLICY_ID, type JsonObject } from './documents';
import { findCaddy } from './install';

/** The gateway system: one control plane, two gateways in each region that pull from it at their region's pace. */
export interface CaddyLab {
  readonly controlPlane: {
    /** `/edge/<region>`: what that region's gateways pull; `/policy`: the policy; `/preview/...`: what it would answer. */
    readonly url: string;
    /** Caddy's admin address: `GET` and `PATCH /id/<policyId>`. Send `Origin: <this address>`. */
    readonly adminUrl: string;
    readonly process: RunningProcess;
  };
  readonly policyId: string;
  readonly gateways: Readonly<Record<GatewayName, Gateway>>;
}

export interface Gateway {
  readonly name: GatewayName;
  readonly region: Region;
  /** Where users come in. */
  readonly url: string;
  readonly adminUrl: string;
  readonly process: RunningProcess;
}

export interface CaddyOptions {
  readonly dir: string;
  readonly say: Say;
  /** host:port of each region's application server. */
  readonly upstreams: Readonly<Record<Region, string>>;
  /** How often the gateways of each region ask for their configuration. */
  readonly delaySeconds: Readonly<Record<Region, number>>;
}

export async function startCaddy(options: CaddyOptions): Promise<CaddyLab> {
  const program = await findCaddy(options.say);
  const controlPlane = await startControlPlane(program, options);
  const names = REGIONS.flatMap((region) => GATEWAYS[region].map((name) => ({ region, name })));
  const started = await Promise.all(names.map((one) => startGateway(program, options, controlPlane.url, one)));
  const gateways = Object.fromEntries(started.map((gateway) => [gateway.name, gateway])) as CaddyLab['gateways'];
  return { controlPlane, policyId: POLICY_ID, gateways };
}

async function startControlPlane(program: string, options: CaddyOptions): Promise<CaddyLab['controlPlane']> {
  const [port, adminPort] = (await freePorts(2)) as [number, number];
  const policy = JSON.parse(await readFile(labFile('policies', 'baseline.json'), 'utf8')) as JsonObject;
  const url = `http://127.0.0.1:${port}`;
  const admin = `127.0.0.1:${adminPort}`;
  const document = controlPlaneDocument({
    listen: `127.0.0.1:${port}`,
    url,
    adminListen: admin,
    adminDial: admin,
    policy,
    delaySeconds: options.delaySeconds,
  });
  const env = { GATEWAY_NAME: 'preview', SHOP_UPSTREAM: options.upstreams['us-east'] };
  const process = await runCaddy(
    program,
    join(options.dir, 'control-plane'),
    'control-plane',
    document,
    env,
    `${url}/policy`,
  );
  return { url, adminUrl: `http://${admin}`, process };
}

async function startGateway(
  program: string,
  options: CaddyOptions,
  controlPlaneUrl: string,
  { region, name }: { region: Region; name: GatewayName },
): Promise<Gateway> {
  const [port, adminPort] = (await freePorts(2)) as [number, number];
  // The first configuration is what the loader would pull; without it a slow region would serve nothing at first.
  const first = JSON.parse((await callOk({ url: `${controlPlaneUrl}/edge/${region}` })).text) as JsonObject;
  const url = `http://127.0.0.1:${port}`;
  const env = {
    GATEWAY_NAME: name,
    GATEWAY_LISTEN: `127.0.0.1:${port}`,
    GATEWAY_ADMIN: `127.0.0.1:${adminPort}`,
    SHOP_UPSTREAM: options.upstreams[region],
  };
  const process = await runCaddy(program, join(options.dir, name), name, first, env, `${url}/`);
  return { name, region, url, adminUrl: `http://127.0.0.1:${adminPort}`, process };
}

async function runCaddy(
  program: string,
  dir: string,
  name: string,
  document: JsonObject,
  env: Record<string, string>,
  probeUrl: string,
): Promise<RunningProcess> {
  await mkdir(dir, { recursive: true });
  const config = join(dir, 'first.json');
  await writeFile(config, JSON.stringify(document, null, 2));
  return startProcess({
    name: `caddy ${name}`,
    command: program,
    // Started again it goes on with the configuration that it had, as in production; the first time there is none to resume.
    args: ['run', '--resume', '--config', config],
    env: {
      PATH: process.env['PATH'],
      HOME: dir,
      XDG_DATA_HOME: join(dir, 'data'),
      XDG_CONFIG_HOME: join(dir, 'config'),
      ...env,
    },
    cwd: dir,
    logFile: join(dir, 'caddy.log'),
    isReady: async () => (await call({ url: probeUrl, timeoutMs: 1_000 })).status > 0,
    readyWithinMs: 20_000,
    graceMs: 3_000,
  });
}
