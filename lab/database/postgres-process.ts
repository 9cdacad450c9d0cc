import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Say } from '../cache/cache-folder';
import { run } from '../cache/tools';
import { startProcess, type RunningProcess } from '../processes/managed-process';
import { freePorts } from '../processes/ports';
import { databaseAnswers } from './create-database';
import { giveTo, newDataFolder } from './data-folder';
import { findPostgres, type PostgresBinaries } from './binaries';
import { serverUser, type ServerUser } from './server-user';

export interface PostgresProcessOptions {
  /** For the server's log; data lies under the temp folder, because the server's user must reach it. */
  readonly dir: string;
  readonly durable: boolean;
  /** Where its data lies instead, on a file system of the caller's. */
  readonly dataIn?: string | undefined;
  readonly say: Say;
}

/** A local server that can be started again on the same port and data. */
export interface PostgresProcess {
  readonly url: string;
  readonly origin: string;
  start(): Promise<RunningProcess>;
  removeData(): Promise<void>;
}

export async function preparePostgresProcess(options: PostgresProcessOptions): Promise<PostgresProcess> {
  const { dir, durable, dataIn, say } = options;
  const user = await serverUser();
  const binaries = await findPostgres(user, say);
  const home = await newDataFolder(user, dataIn);
  const password = randomBytes(12).toString('hex');
  await initialise(binaries, user, home, password);
  const [port] = (await freePorts(1)) as [number];
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  const start = (): Promise<RunningProcess> =>
    startProcess({
      name: 'postgres',
      command: binaries.postgres,
      args: ['-D', join(home, 'data'), ...settingFlags({ port: String(port), ...settings(durable) })],
      ...user,
      cwd: home,
      logFile: join(dir, 'postgres.log'),
      isReady: () => databaseAnswers(url),
      readyWithinMs: 60_000,
      // "Fast": ends the sessions; SIGTERM would wait for every client to leave.
      stopSignal: 'SIGINT',
    });
  return { url, origin: binaries.origin, start, removeData: () => rm(home, { recursive: true, force: true }) };
}

async function initialise(binaries: PostgresBinaries, user: ServerUser, home: string, password: string): Promise<void> {
  const passwordFile = join(home, 'password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  await giveTo(user, passwordFile);
  const flags = ['--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  const form = ['--encoding=UTF8', '--no-locale', '--no-sync'];
  await run(binaries.initdb, ['-D', join(home, 'data'), ...flags, ...form], { ...user, cwd: home });
  await rm(passwordFile);
}

const settings = (durable: boolean): Record<string, string> => ({
  listen_addresses: '127.0.0.1',
  // Its path would be longer than a socket's may be, and nobody needs it.
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
});

const settingFlags = (values: Record<string, string>): string[] =>
  Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
