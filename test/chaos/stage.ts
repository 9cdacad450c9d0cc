import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createDatabase,
  distFolder,
  dropDatabase,
  freePorts,
  startKafka,
  startPostgres,
  startProcess,
  startServices,
  type Kafka,
  type Postgres,
  type Services,
} from '@causeway/lab';
import { ENV, SERVICES, TWINS, type ServiceName } from './faults/points';
import { mountDisks, NO_DISKS, type SmallDisks } from './faults/small-disk';
import { TcpProxy } from './faults/tcp-proxy';
import { dropRoles, makeRoles, roleOf, type DatabaseUrls } from './roles';
import { EXECUTOR, writeTargets } from './world/plan';
import { PUBLISHER } from './load/publisher';

type Say = (line: string) => void;

/** The systems under change. */
interface World {
  readonly url: string;
  readonly journal: string;
  pause(): void;
  resume(): void;
}

/** Everything that runs during a chaos run. */
export interface Stage {
  readonly runDir: string;
  readonly kafka: Kafka;
  readonly postgres: Postgres;
  readonly databaseUrl: string;
  /** Role by service: what a service connects as. */
  readonly roles: ReadonlyMap<ServiceName, string>;
  readonly prefix: string;
  readonly services: Services;
  readonly world: World;
  readonly disks: SmallDisks;
  /** In front of the broker; null when the broker is not ours. */
  readonly proxy: TcpProxy | null;
  /** Stops what was started, last first; the folder stays when there is something to look into. */
  stop(keepFolder: boolean): Promise<void>;
}

interface StageOptions {
  readonly seed: number;
  /** Broker and database write to file systems of their own, which can be filled. */
  readonly smallDisk: boolean;
  readonly say: Say;
}

type Stops = (() => Promise<unknown>)[];

/** Broker, database, the world, and Causeway over it: two of each service that may have a second one, and one console. */
export async function setStage({ seed, smallDisk, say }: StageOptions): Promise<Stage> {
  const runDir = mkdtempSync(join(tmpdir(), 'causeway-chaos-'));
  const stops: Stops = [];
  const stop = async (keepFolder: boolean): Promise<void> => {
    for (const one of stops.splice(0).reverse()) await one();
    if (!keepFolder) rmSync(runDir, { recursive: true, force: true });
  };
  try {
    const disks = smallDisk ? mountDisks(await foldersOf(runDir)) : NO_DISKS;
    for (const disk of [disks.database, disks.broker]) if (disk) stops.push(() => Promise.resolve(disk.stop()));
    const ways: TcpProxy[] = [];
    const advertise = async (port: number): Promise<number> => {
      const way = await keep(stops, TcpProxy.to(port));
      ways.push(way);
      return way.port;
    };
    const [kafka, postgres] = await Promise.all([
      keep(stops, startKafka({ dir: runDir, say, advertise })),
      keep(stops, startPostgres({ dir: runDir, say, durable: true, dataIn: disks.database?.folder })),
    ]);
    const name = `causeway_chaos_${process.pid}_${Date.now().toString(36)}`;
    const databaseUrl = await createDatabase(postgres.url, name);
    const urls = await makeRoles(databaseUrl, OF_OWN_ROLE);
    if (postgres.provider === 'environment')
      stops.push(() => dropDatabase(postgres.url, name).then(() => dropRoles(postgres.url, urls)));
    const world = await startWorld(runDir, seed, stops);
    const prefix = `${name}.`;
    const services = await keep(
      stops,
      startAll({ runDir, kafka, databaseUrl, urls, prefix, worldUrl: world.url, say }),
    );
    const roles = rolesOf(services, urls);
    return {
      runDir,
      kafka,
      postgres,
      databaseUrl,
      roles,
      prefix,
      services,
      world,
      disks,
      stop,
      proxy: ways[0] ?? null,
    };
  } catch (error) {
    await stop(true);
    throw error;
  }
}

/** The database's user cannot enter the folder of the run. */
const foldersOf = async (runDir: string) => ({
  database: await mkdtemp(join(tmpdir(), 'causeway-disk-')),
  broker: join(runDir, 'kafka', 'data'),
});

const OF_OWN_ROLE = SERVICES.filter((name) => name !== 'ledger');

const rolesOf = ({ ledgerEnv }: Services, urls: DatabaseUrls): Map<ServiceName, string> =>
  new Map(SERVICES.map((name) => [name, roleOf((urls[name] ?? ledgerEnv.DATABASE_URL) as string)]));

async function startWorld(runDir: string, seed: number, stops: Stops): Promise<World> {
  const [port] = (await freePorts(1)) as [number];
  const url = `http://127.0.0.1:${port}`;
  const journal = join(runDir, 'world.ndjson');
  const env = { ...process.env, WORLD_PORT: String(port), WORLD_JOURNAL: journal, WORLD_SEED: String(seed) };
  const started = await keep(
    stops,
    startProcess({
      name: 'world',
      command: process.execPath,
      args: [join(distFolder(), 'test/chaos/world/world.main.js')],
      env,
      logFile: join(runDir, 'world.log'),
      isReady: async () => (await fetch(`${url}/look/east/alpha`)).ok,
      readyWithinMs: 20_000,
    }),
  );
  return { url, journal, pause: () => started.pause(), resume: () => started.resume() };
}

interface Ground {
  readonly runDir: string;
  readonly kafka: Kafka;
  readonly databaseUrl: string;
  readonly urls: DatabaseUrls;
  readonly prefix: string;
  readonly worldUrl: string;
  readonly say: Say;
}

async function startAll({ runDir, kafka, databaseUrl, urls, prefix, worldUrl, say }: Ground): Promise<Services> {
  const targetsDir = join(runDir, 'targets');
  writeTargets(targetsDir, worldUrl);
  mkdirSync(join(runDir, 'faults'));
  return startServices({
    runDir: join(runDir, 'causeway'),
    brokers: kafka.brokers,
    ...{ databaseUrl, topicPrefix: prefix, targetsDir, say },
    executors: [{ name: EXECUTOR, script: 'test/chaos/world/executor.main.js', env: { WORLD_URL: worldUrl } }],
    publishers: [PUBLISHER],
    twins: TWINS,
    more: parts(join(runDir, 'faults'), urls),
  });
}

const preload = join(distFolder(), 'test/chaos/faults/fault-points.main.js');

/** How each process finds what it is to do to itself, and as whom it connects. */
const parts = (folder: string, urls: DatabaseUrls): Record<string, Record<string, string>> =>
  Object.fromEntries(
    ['console', ...TWINS.flatMap((name) => [name, `${name}-2`])].map((name) => [
      name,
      {
        ...{ NODE_OPTIONS: `--require ${preload}`, [ENV.name]: name, [ENV.folder]: folder },
        ...(urls[name] ? { DATABASE_URL: urls[name] } : {}),
      },
    ]),
  );

async function keep<T extends { stop(): Promise<unknown> }>(stops: Stops, starting: Promise<T>): Promise<T> {
  const started = await starting;
  stops.push(() => started.stop());
  return started;
}
