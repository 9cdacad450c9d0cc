import { join } from 'node:path';
import type { Say } from '../cache/cache-folder';
import { hasContainerEngine } from '../engine/container-engine';
import { endLeftovers } from '../processes/leftovers';
import { startKafkaContainer } from './kafka-container';
import { prepareKafkaProcess, type Advertise } from './kafka-process';

/** Where a broker or a database came from: given by address, in a container, or a local process of ours. */
export type Provider = 'environment' | 'container' | 'process';

/** A broker to use. What only a local process can do throws a clear error for the other two providers. */
export interface Kafka {
  /** For KAFKA_BROKERS: host:port, several with commas. */
  readonly brokers: string;
  readonly provider: Provider;
  /** Process id of a local broker, else null. */
  pid(): number | null;
  /** Ends what we started; a broker of the environment is left alone. */
  stop(): Promise<void>;
  /** SIGKILL, as a crash would. Local process only. */
  kill(): Promise<void>;
  /** Starts it again after `kill` or `stop`, on the same address and data. Local process only. */
  restart(): Promise<void>;
  /** SIGSTOP and SIGCONT. Local process only. */
  pause(): void;
  resume(): void;
}

interface StartKafka {
  readonly dir: string;
  readonly say: Say;
  readonly advertise?: Advertise;
  readonly isOwn?: boolean | undefined;
}

/**
 * A real Kafka: `KAFKA_BROKERS` if set, else a container if an engine answers, else a local KRaft node.
 * @param dir folder for this run's data and logs (`dir/kafka`)
 * @param advertise for a local one: a way of the caller's own that clients come through
 * @param isOwn a local process whatever there is, since it is to be killed or paused
 */
export async function startKafka({ dir, say, advertise, isOwn }: StartKafka): Promise<Kafka> {
  if (isOwn) return startLocalKafka(join(dir, 'kafka'), say, advertise);
  const given = process.env['KAFKA_BROKERS'];
  if (given) return fixedKafka(given, 'environment', async () => undefined);
  if (await hasContainerEngine()) {
    const { brokers, stop } = await startKafkaContainer();
    return fixedKafka(brokers, 'container', stop);
  }
  return startLocalKafka(join(dir, 'kafka'), say, advertise);
}

async function startLocalKafka(dir: string, say: Say, advertise?: Advertise): Promise<Kafka> {
  endLeftovers(say);
  const prepared = await prepareKafkaProcess(dir, say, advertise);
  let running = await prepared.start();
  return {
    brokers: prepared.brokers,
    provider: 'process',
    pid: () => running.pid,
    stop: () => running.stop(),
    kill: () => running.kill(),
    restart: async () => void (running = await prepared.start()),
    pause: () => running.pause(),
    resume: () => running.resume(),
  };
}

const HOW_TO_RUN_LOCALLY = { environment: 'unset KAFKA_BROKERS', container: 'set CAUSEWAY_NO_CONTAINERS=1' };

function fixedKafka(brokers: string, provider: Exclude<Provider, 'process'>, stop: () => Promise<void>): Kafka {
  const refuse = (): never => {
    throw new Error(
      `a broker from the ${provider} cannot be killed, paused or restarted; ${HOW_TO_RUN_LOCALLY[provider]} to run a local one`,
    );
  };
  const refuseLater = async (): Promise<void> => refuse();
  return {
    brokers,
    provider,
    pid: () => null,
    stop,
    kill: refuseLater,
    restart: refuseLater,
    pause: refuse,
    resume: refuse,
  };
}
