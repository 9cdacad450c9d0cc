import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateKeys } from '@causeway/signing';
import type { Say } from '../cache/cache-folder';
import { freePorts } from '../processes/ports';
import { runCommandOf, runToEnd, type Ended } from './run-to-end';
import { startService, type ServicePlan, type ServiceProcess } from './service-process';

/** Where our services run. */
export interface ServicesPlan {
  /** Logs, keys, tokens of this run. */
  readonly runDir: string;
  readonly brokers: string;
  /** A database of their own; each service has its schema in it. */
  readonly databaseUrl: string;
  /** Keeps runs on one broker apart. */
  readonly topicPrefix: string;
  /** Folder of Target files. */
  readonly targetsDir: string;
  readonly executors: readonly ExecutorPlan[];
  /** File with the prober's read-only credentials, if the targets need any. */
  readonly probeCredentials?: string;
  /** More principals that get a key: publishers of intents. */
  readonly publishers?: readonly string[];
  readonly withConsole?: boolean;
  /** They count as started once they live: the broker is away, and none can be ready. */
  readonly mayWait?: boolean;
  /** Services of which a second process runs beside the first, named `<name>-2`. */
  readonly twins?: readonly string[];
  /** More environment by service name. */
  readonly more?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly say: Say;
}

export interface ExecutorPlan {
  /** Name in topics and targets; the principal is `executor-<name>`. */
  readonly name: string;
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface Services {
  readonly all: ReadonlyMap<string, ServiceProcess>;
  get(name: string): ServiceProcess;
  /** Where each one answers about itself, as CAUSEWAY_SERVICES. */
  readonly addresses: string;
  /** The console's address and a token for it; empty without a console. */
  readonly consoleUrl: string;
  readonly token: string;
  readonly trustFile: string;
  keyFile(principal: string): string;
  /** What a service says of its own part, whether it runs or not: its `doctor` command in its environment. */
  doctor(name: string, ...args: string[]): Promise<Ended>;
  /** Environment in which the ledger's own commands (accounting, check) run. */
  readonly ledgerEnv: Readonly<Record<string, string>>;
  /** One more process of a service that lets several be at work, ready. */
  beside(name: string): Promise<ServiceProcess>;
  stop(): Promise<void>;
}

const ORIGIN = 'causeway.local/ledger';

/** Starts all of Causeway: keys and tokens first, then every service, side by side. Resolves when all are ready (or live, with `mayWait`). */
export async function startServices(plan: ServicesPlan): Promise<Services> {
  mkdirSync(plan.runDir, { recursive: true });
  const principals = [
    'sequencer',
    'readiness-prober',
    'ledger',
    'console',
    ...plan.executors.map(({ name }) => `executor-${name}`),
  ];
  const keys = generateKeys(join(plan.runDir, 'keys'), [...principals, ...(plan.publishers ?? [])]);
  const token = randomBytes(24).toString('base64url');
  const environmentOf = environments(plan, keys, writeTokens(plan.runDir, token));
  const ledgerEnv = await prepareLedger(plan, environmentOf('ledger'));
  const plans = await withAddresses(servicePlans(plan, environmentOf, ledgerEnv));
  const started = await startAll(plans, plan);
  const all = new Map(started.map((service) => [service.name, service]));
  return {
    all,
    addresses: addressesOf(plans),
    get: (name) => all.get(name) ?? missing(name),
    consoleUrl: all.get('console')?.url ?? '',
    token,
    ...keys,
    ledgerEnv,
    doctor: (name, ...args) => {
      const { script, env } = plans.find((one) => one.name === name) ?? missing(name);
      return runCommandOf(script, ['doctor', ...args], env);
    },
    beside: async (name) => {
      const { script, env } = plans.find((one) => one.name === name) ?? missing(name);
      const beside = await startService({ name: `${name}-beside`, script, env }, plan.runDir);
      started.push(beside);
      return beside;
    },
    stop: async () => {
      await Promise.all(started.map((service) => service.stop()));
    },
  };
}

type EnvironmentOf = (principal: string) => Record<string, string>;

function environments(plan: ServicesPlan, keys: ReturnType<typeof generateKeys>, tokensFile: string): EnvironmentOf {
  const everywhere = {
    KAFKA_BROKERS: plan.brokers,
    CAUSEWAY_TOPIC_PREFIX: plan.topicPrefix,
    DATABASE_URL: plan.databaseUrl,
    CAUSEWAY_TRUST_FILE: keys.trustFile,
    CAUSEWAY_EXECUTORS: plan.executors.map(({ name }) => name).join(','),
    CAUSEWAY_TARGETS: plan.targetsDir,
    CAUSEWAY_TOKENS_FILE: tokensFile,
    CAUSEWAY_ORIGIN: ORIGIN,
    ...(plan.probeCredentials ? { CAUSEWAY_PROBE_CREDENTIALS: plan.probeCredentials } : {}),
  };
  return (principal) => ({ ...everywhere, CAUSEWAY_KEY_FILE: keys.keyFile(principal), ...plan.more?.[principal] });
}

function writeTokens(runDir: string, token: string): string {
  const path = join(runDir, 'tokens.json');
  const sha256 = createHash('sha256').update(token).digest('hex');
  writeFileSync(path, JSON.stringify([{ sha256, subject: 'operator' }]), { mode: 0o600 });
  return path;
}

/** The ledger's tables are made by their owner; the service itself runs as a role that can only insert and select. */
async function prepareLedger(plan: ServicesPlan, env: Record<string, string>): Promise<Record<string, string>> {
  const writer = new URL(plan.databaseUrl);
  writer.username = `ledger_writer_${createHash('sha256').update(plan.databaseUrl).digest('hex').slice(0, 8)}`;
  writer.password = randomBytes(12).toString('hex');
  const ledgerEnv = { ...env, DATABASE_URL: writer.toString() };
  await runToEnd('apps/ledger/src/main.js', ['migrate'], { ...ledgerEnv, LEDGER_OWNER_URL: plan.databaseUrl });
  return ledgerEnv;
}

function servicePlans(plan: ServicesPlan, env: EnvironmentOf, ledgerEnv: Record<string, string>): ServicePlan[] {
  const app = (name: string, more = env(name)): ServicePlan => ({
    name,
    script: `apps/${name}/src/main.js`,
    env: more,
    mayWait: plan.mayWait,
  });
  const single = [
    app('ledger', ledgerEnv),
    app('sequencer'),
    app('readiness-prober'),
    ...(plan.withConsole === false ? [] : [app('console')]),
    ...plan.executors.map(({ name, script, env: more }) => ({
      name: `executor-${name}`,
      script,
      env: { ...env(`executor-${name}`), ...more },
      mayWait: plan.mayWait,
    })),
  ];
  return single.flatMap((one) => (plan.twins?.includes(one.name) ? twinsOf(one, plan.more) : [one]));
}

/** All know where all are, before any of them is there. */
async function withAddresses(plans: readonly ServicePlan[]): Promise<ServicePlan[]> {
  const ports = await freePorts(plans.length);
  const placed = plans.map((plan, i) => ({ ...plan, port: ports[i] }));
  const CAUSEWAY_SERVICES = addressesOf(placed);
  return placed.map((plan) => ({ ...plan, env: { ...plan.env, CAUSEWAY_SERVICES } }));
}

const addressesOf = (plans: readonly ServicePlan[]): string =>
  plans.map(({ name, port }) => `${name}=http://127.0.0.1:${port}`).join(',');

/** Either may have to wait for the other to let go. What is more for the second one is found under its own name. */
const twinsOf = (one: ServicePlan, more: ServicesPlan['more']): ServicePlan[] => {
  const second = `${one.name}-2`;
  return [
    { ...one, mayWait: true },
    { ...one, mayWait: true, name: second, env: { ...one.env, ...more?.[second] } },
  ];
};

/** The first one makes the topics; the others then find them. A service that does not start takes the others down with it. */
async function startAll(plans: readonly ServicePlan[], { runDir, say }: ServicesPlan): Promise<ServiceProcess[]> {
  const [first, ...others] = plans as [ServicePlan, ...ServicePlan[]];
  const started = [await startService(first, runDir)];
  const results = await Promise.allSettled(others.map((one) => startService(one, runDir)));
  for (const result of results) if (result.status === 'fulfilled') started.push(result.value);
  const failed = results.find((result) => result.status === 'rejected');
  if (!failed) return started;
  say('one service did not start; the others are stopped');
  await Promise.all(started.map((service) => service.stop()));
  throw failed.reason;
}

const missing = (name: string): never => {
  throw new Error(`no service ${name} was started`);
};
