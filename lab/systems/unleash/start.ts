import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Say } from '../../cache/cache-folder';
import { createDatabase } from '../../database/create-database';
import { call } from '../../http/call';
import { startProcess, type RunningProcess } from '../../processes/managed-process';
import { freePorts } from '../../processes/ports';
import { installUnleash } from './install';
import { ENVIRONMENT, FLAG, PROJECT, seedUnleash, type UnleashUser } from './seed';

/** The feature flag server, with one flag that is off in production. */
export interface UnleashLab {
  readonly url: string;
  /** Token of the built-in administrator: its events read "admin", so it is for set-up and reading only. */
  readonly adminToken: string;
  /** What an application in production uses: `GET /api/client/features`. */
  readonly clientToken: string;
  readonly executor: UnleashUser;
  /** The people who release, with a token of their own: may go around Causeway. */
  readonly team: UnleashUser;
  readonly flag: string;
  readonly project: string;
  readonly environment: string;
  /** Its own database: its clock stamps the events. */
  readonly databaseUrl: string;
  readonly process: RunningProcess;
}

export async function startUnleash({
  dir,
  postgresUrl,
  say,
}: {
  dir: string;
  postgresUrl: string;
  say: Say;
}): Promise<UnleashLab> {
  const program = await installUnleash(say);
  const database = await createDatabase(postgresUrl, `unleash_${randomBytes(4).toString('hex')}`);
  const [port] = (await freePorts(1)) as [number];
  const adminToken = `*:*.${randomBytes(24).toString('hex')}`;
  const clientToken = `${PROJECT}:${ENVIRONMENT}.${randomBytes(24).toString('hex')}`;
  const url = `http://127.0.0.1:${port}`;
  await mkdir(dir, { recursive: true });
  const server = await startProcess({
    name: 'unleash',
    command: process.execPath,
    args: ['--max-old-space-size=256', program],
    env: {
      PATH: process.env['PATH'],
      ...environment(database, port),
      INIT_ADMIN_API_TOKENS: adminToken,
      INIT_BACKEND_API_TOKENS: clientToken,
    },
    cwd: dir,
    logFile: join(dir, 'unleash.log'),
    isReady: async () => (await call({ url: `${url}/health`, timeoutMs: 1_000 })).status === 200,
    readyWithinMs: 90_000,
  });
  const users = await seedUnleash(url, adminToken);
  return {
    url,
    adminToken,
    clientToken,
    ...users,
    flag: FLAG,
    project: PROJECT,
    environment: ENVIRONMENT,
    databaseUrl: database,
    process: server,
  };
}

const environment = (database: string, port: number): Record<string, string> => ({
  NODE_ENV: 'production',
  DATABASE_URL: database,
  DATABASE_SSL: 'false',
  HTTP_HOST: '127.0.0.1',
  PORT: String(port),
  CHECK_VERSION: 'false',
  SEND_TELEMETRY: 'false',
  LOG_LEVEL: 'warn',
});
