import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { startKafka, type Kafka } from '../broker/start-kafka';
import type { Say } from '../cache/cache-folder';
import { createDatabase, dropDatabase } from '../database/create-database';
import { startPostgres, type Postgres } from '../database/start-postgres';
import { endLeftovers } from '../processes/leftovers';
import { newOwnedFolder } from '../processes/owned-folder';
import { runCommandOf, type Ended } from '../services/run-to-end';
import type { Services } from '../services/services';
import { startLab, type Lab } from '../systems/start-lab';
import { governLab } from './govern-lab';

/** What everything stands on: a broker, a database, and the four real systems. Nobody governs them yet. */
export interface Stage {
  readonly runDir: string;
  readonly kafka: Kafka;
  readonly postgres: Postgres;
  readonly lab: Lab;
  /** Stops whatever was started on it, Causeway included, last first. */
  stop(): Promise<void>;
}

/** Everything at once: the stage, and Causeway over its systems. */
export interface World extends Stage {
  readonly services: Services;
  readonly topicPrefix: string;
  /** Runs the CLI against this world's console and gives what it printed. */
  causeway(...args: string[]): Promise<Ended>;
  /** The environment in which the CLI finds this world's console. */
  readonly cliEnv: Readonly<Record<string, string>>;
  /** Whether every message of every governed topic is accounted for, as the ledger's own command says it. */
  accounting(...args: string[]): Promise<Ended>;
}

export interface StageOptions {
  readonly say: Say;
  readonly euWestDelaySeconds?: number;
  /** Whether acknowledged writes survive a power loss (fsync). Default true. */
  readonly durable?: boolean;
  /** A broker that may be killed or paused, whatever else there is. Default false. */
  readonly hasOwnBroker?: boolean;
}

export interface WorldOptions extends StageOptions {
  readonly publishers?: readonly string[];
  /** The lab as Causeway is told it is: a test may put something of its own between. */
  readonly between?: (lab: Lab) => Promise<Lab>;
}

export const CLI_SCRIPT = 'apps/cli/src/main.js';

export async function startWorld(options: WorldOptions): Promise<World> {
  return govern(await setStage(options), options);
}

type Stops = (() => Promise<unknown>)[];
/** What stops it goes with the stage, so that Causeway can be added to it. */
interface OpenStage extends Stage {
  readonly stops: Stops;
  readonly databaseName: string;
  readonly databaseUrl: string;
}

export async function setStage({
  say,
  euWestDelaySeconds,
  durable = true,
  hasOwnBroker,
}: StageOptions): Promise<OpenStage> {
  endLeftovers(say);
  const runDir = await newOwnedFolder('causeway-world-');
  const stops: Stops = [async () => rmSync(runDir, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    const postgres = await startPostgres({ dir: join(runDir, 'postgres'), say, durable });
    stops.push(() => postgres.stop());
    const databaseName = `causeway_${process.pid}_${Date.now().toString(36)}`;
    const databaseUrl = await createDatabase(postgres.url, databaseName);
    if (postgres.provider === 'environment') stops.push(() => dropDatabase(postgres.url, databaseName));
    const labOptions = { runDir: join(runDir, 'lab'), postgresUrl: postgres.url, say, euWestDelaySeconds };
    const [kafka, lab] = await Promise.all([
      keep(stops, startKafka({ dir: join(runDir, 'kafka'), say, isOwn: hasOwnBroker })),
      keep(stops, startLab(labOptions)),
    ]);
    return { runDir, kafka, postgres, lab, stop, stops, databaseName, databaseUrl };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Starts Causeway over the stage's systems; when it cannot, the stage is taken down too. */
export async function govern(stage: OpenStage, options: WorldOptions): Promise<World> {
  const { kafka, lab, runDir, databaseUrl, databaseName } = stage;
  try {
    options.say('Starting Causeway: sequencer, four executors, prober, ledger, console ...');
    const topicPrefix = kafka.provider === 'environment' ? `${databaseName}.` : '';
    const services = await keep(
      stage.stops,
      governLab((await options.between?.(lab)) ?? lab, {
        runDir: join(runDir, 'causeway'),
        brokers: kafka.brokers,
        databaseUrl,
        topicPrefix,
        publishers: options.publishers,
        say: options.say,
      }),
    );
    return worldOf(stage, services, topicPrefix);
  } catch (error) {
    await stage.stop();
    throw error;
  }
}

function worldOf(stage: Stage, services: Services, topicPrefix: string): World {
  const cliEnv = {
    CAUSEWAY_SERVER: services.consoleUrl,
    CAUSEWAY_TOKEN: services.token,
    CAUSEWAY_SERVICES: services.addresses,
  };
  return {
    ...stage,
    services,
    topicPrefix,
    cliEnv,
    causeway: (...args) => runCommandOf(CLI_SCRIPT, args, cliEnv),
    accounting: (...args) => runCommandOf('apps/ledger/src/main.js', ['accounting', ...args], services.ledgerEnv),
  };
}

async function keep<T extends { stop(): Promise<unknown> }>(stops: Stops, starting: Promise<T>): Promise<T> {
  const started = await starting;
  stops.push(() => started.stop());
  return started;
}
