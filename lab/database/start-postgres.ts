import { join } from 'node:path';
import type { Provider } from '../broker/start-kafka';
import type { Say } from '../cache/cache-folder';
import { hasContainerEngine } from '../engine/container-engine';
import { endLeftovers } from '../processes/leftovers';
import { preparePostgresProcess, type PostgresProcessOptions } from './postgres-process';
import { startPostgresContainer } from './postgres-container';

/** A database server to use. What only a local process can do throws a clear error for the other two providers. */
export interface Postgres {
  /** Superuser's address, for DATABASE_URL or for `createDatabase`. */
  readonly url: string;
  readonly provider: Provider;
  /** Process id of a local server, else null. */
  pid(): number | null;
  /** Ends what we started and removes its data; a server of the environment is left alone. */
  stop(): Promise<void>;
  /** SIGKILL of the postmaster, as a crash would. Local process only. */
  kill(): Promise<void>;
  /** Starts it again after `kill`, on the same address and data. Local process only. */
  restart(): Promise<void>;
}

interface StartPostgres {
  readonly dir: string;
  readonly say: Say;
  readonly durable?: boolean;
  readonly dataIn?: string | undefined;
}

/**
 * A real PostgreSQL: `DATABASE_URL` if set, else a container if an engine answers, else the server that comes from npm,
 * else the system's own.
 * @param dir folder for this run's log (`dir/postgres`)
 * @param dataIn for a local one: where its data lies instead of below the temp folder; its user must reach it
 * @param durable false lets the server forget commits in a crash of the machine: quicker, for tests only
 */
export async function startPostgres(options: StartPostgres): Promise<Postgres> {
  const given = process.env['DATABASE_URL'];
  if (given) return fixedPostgres(given, 'environment', async () => undefined);
  const durable = options.durable ?? true;
  if (await hasContainerEngine()) {
    const { url, stop } = await startPostgresContainer(durable);
    return fixedPostgres(url, 'container', stop);
  }
  const { dir, dataIn, say } = options;
  return startLocalPostgres({ dir: join(dir, 'postgres'), dataIn, durable, say });
}

async function startLocalPostgres(options: PostgresProcessOptions): Promise<Postgres> {
  endLeftovers(options.say);
  const prepared = await preparePostgresProcess(options);
  let running = await prepared.start();
  return {
    url: prepared.url,
    provider: 'process',
    pid: () => running.pid,
    stop: async () => {
      await running.stop();
      await prepared.removeData();
    },
    kill: () => running.kill(),
    restart: async () => void (running = await prepared.start()),
  };
}

function fixedPostgres(url: string, provider: Provider, stop: () => Promise<void>): Postgres {
  const refuse = async (): Promise<never> => {
    throw new Error(
      `a database from the ${provider} cannot be killed or restarted; unset DATABASE_URL to run a local one`,
    );
  };
  return { url, provider, pid: () => null, stop, kill: refuse, restart: refuse };
}
