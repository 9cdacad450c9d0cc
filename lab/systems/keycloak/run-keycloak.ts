import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { requireJava } from '../../cache/tools';
import { call } from '../../http/call';
import { startProcess, type RunningProcess } from '../../processes/managed-process';
import { freePorts } from '../../processes/ports';

export interface KeycloakRun {
  /** The unpacked and built distribution; only read. */
  readonly home: string;
  /** This run's own folder. */
  readonly dir: string;
  readonly port: number;
  /** Makes the administrator in a new database. */
  readonly bootstrapAdmin?: { readonly username: string; readonly password: string };
  /** `write` makes the class archive when the process ends; `use` starts from it, about twice as quickly. */
  readonly classArchive: { readonly file: string; readonly mode: 'write' | 'use' };
}

/** This run's database folder. */
export const databaseFolder = (dir: string): string => join(dir, 'data', 'h2');

/**
 * Starts the built Keycloak with a home of its own whose programs are links into the cache. The JVM is started directly: the
 * distribution's shell script would stand between us and its signals.
 */
export async function runKeycloak(run: KeycloakRun): Promise<RunningProcess> {
  await mkdir(databaseFolder(run.dir), { recursive: true });
  for (const name of ['lib', 'conf', 'providers', 'themes'])
    await symlink(join(run.home, name), join(run.dir, name)).catch(ignoreExisting);
  const [managementPort] = (await freePorts(1)) as [number];
  const { bootstrapAdmin: admin } = run;
  const adminEnv = admin && {
    KC_BOOTSTRAP_ADMIN_USERNAME: admin.username,
    KC_BOOTSTRAP_ADMIN_PASSWORD: admin.password,
  };
  return startProcess({
    name: 'keycloak',
    command: requireJava('Keycloak'),
    args: [...jvmOptions(run), ...MAIN_CLASS, ...serverOptions(run.port, managementPort)],
    env: { ...process.env, ...adminEnv },
    cwd: run.dir,
    logFile: join(run.dir, 'keycloak.log'),
    // Healthy comes before it listens to users: a port that somebody else has would show only later.
    isReady: async () =>
      (await call({ url: `http://127.0.0.1:${managementPort}/health/ready`, timeoutMs: 1_000 })).status === 200 &&
      (await call({ url: `http://127.0.0.1:${run.port}/`, timeoutMs: 1_000 })).status > 0,
    readyWithinMs: 180_000,
    graceMs: 60_000,
  });
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

const MAIN_CLASS = ['io.quarkus.bootstrap.runner.QuarkusEntryPoint'];

const OPENED = ['java.util', 'java.util.concurrent', 'java.security', 'java.lang'];

/** As the distribution's own script sets them, with a small heap and the quick compiler. */
const jvmOptions = ({ home, dir, classArchive }: KeycloakRun): string[] => [
  ...[
    '-Xms64m',
    '-Xmx384m',
    '-XX:MetaspaceSize=96M',
    '-XX:MaxMetaspaceSize=256m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
  ],
  classArchive.mode === 'write'
    ? `-XX:ArchiveClassesAtExit=${classArchive.file}`
    : `-XX:SharedArchiveFile=${classArchive.file}`,
  ...OPENED.map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`),
  ...['-Dfile.encoding=UTF-8', '-Djava.security.egd=file:/dev/urandom', '-Duser.language=en', '-Duser.country=US'],
  ...[`-Dkc.home.dir=${dir}`, `-Djboss.server.config.dir=${join(dir, 'conf')}`],
  '-Djava.util.logging.manager=org.jboss.logmanager.LogManager',
  '-Djava.util.concurrent.ForkJoinPool.common.threadFactory=io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory',
  '-Dpicocli.disable.closures=true',
  ...['-cp', join(home, 'lib', 'quarkus-run.jar')],
];

const serverOptions = (port: number, managementPort: number): string[] => [
  'start',
  '--optimized',
  '--http-enabled=true',
  '--hostname-strict=false',
  '--cache=local',
  '--http-host=127.0.0.1',
  `--http-port=${port}`,
  `--http-management-port=${managementPort}`,
];
