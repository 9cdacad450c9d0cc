import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKafka, type Kafka } from '../broker/start-kafka';
import type { Say } from '../cache/cache-folder';
import { createDatabase, dropDatabase } from '../database/create-database';
import { startPostgres, type Postgres } from '../database/start-postgres';
import { endLeftovers } from '../processes/leftovers';
import { runCommandOf, type Ended } from '../services/run-to-end';
import type { Services } from '../services/services';
import { startLab, type Lab } from '../systems/start-lab';
import { governLab } from './govern-lab';

/** Everything at once: broker, database, the four real systems, and Causeway over them. */
export interface World {
  readonly runDir: string;
  readonly kafka: Kafka;
  readonly postgres: Postgres;
  readonly lab: Lab;
  readonly services: Services;
  readonly topicPrefix: string;
  /** Runs the CLI against this world's console and gives what it printed. */
  causeway(...args: string[]): Promise<Ended>;
  /** The environment in which the CLI finds this world's console. */
  readonly cliEnv: Readonly<Record<string, string>>;
  /** Whether every message of every governed topic is accounted for, as the ledger's own command says it. */
  accounting(...args: string[]): Promise<Ended>;
  stop(): Promise<void>;
}

export interface WorldOptions {
  readonly say: Say;
  readonly euWestDelaySeconds?: number;
  readonly publishers?: readonly string[];
  /** The lab as Causeway is told it is: a test may put something of its own between. */
  readonly between?: (lab: Lab) => Promise<Lab>;
  /** Whether acknowledged writes survive a power loss (fsync). Default true. */
  readonly durable?: boolean;
}

export const CLI_SCRIPT = 'apps/cli/src/main.js';

export async function startWorld(options: WorldOptions): Promise<World> {
  const { say } = options;
  endLeftovers(say);
  const runDir = mkdtempSync(join(tmpdir(), 'causeway-world-'));
  const stops: (() => Promise<unknown>)[] = [async () => rmSync(runDir, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    const postgres = await startPostgres({ dir: join(runDir, 'postgres'), say, durable: options.durable ?? true });
    stops.push(() => postgres.stop());
    const name = `causeway_${process.pid}_${Date.now().toString(36)}`;
    const databaseUrl = await createDatabase(postgres.url, name);
    if (postgres.provider === 'environment') stops.push(() => dropDatabase(postgres.url, name));
    const [kafka, lab] = await Promise.all([
      keep(stops, startKafka({ dir: join(runDir, 'kafka'), say })),
      keep(
        stops,
        startLab({
          runDir: join(runDir, 'lab'),
          postgresUrl: postgres.url,
          say,
          euWestDelaySeconds: options.euWestDelaySeconds,
        }),
      ),
    ]);
    say('Starting Causeway: sequencer, four executors, prober, ledger, console ...');
    const topicPrefix = kafka.provider === 'environment' ? `${name}.` : '';
    const services = await keep(
      stops,
      governLab((await options.between?.(lab)) ?? lab, {
        runDir: join(runDir, 'causeway'),
        brokers: kafka.brokers,
        databaseUrl,
        topicPrefix,
        publishers: options.publishers,
        say,
      }),
    );
    const cliEnv = { CAUSEWAY_SERVER: services.consoleUrl, CAUSEWAY_TOKEN: services.token };
    return {
      runDir,
      kafka,
      postgres,
      lab,
      services,
      topicPrefix,
      cliEnv,
      causeway: (...args) => runCommandOf(CLI_SCRIPT, args, cliEnv),
      accounting: (...args) => runCommandOf('apps/ledger/src/main.js', ['accounting', ...args], services.ledgerEnv),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function keep<T extends { stop(): Promise<unknown> }>(
  stops: (() => Promise<unknown>)[],
  starting: Promise<T>,
): Promise<T> {
  const started = await starting;
  stops.push(() => started.stop());
  return started;
}
