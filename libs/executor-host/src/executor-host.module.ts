import { Module, type DynamicModule } from '@nestjs/common';
import { CLOCK, gauge, LOG, Readiness, SelfCheck, Shutdown, type Clock, type HostLog } from '@causeway/host';
import { lookAtSelf, NOT_TAKING_IN, watchBroker } from '@causeway/service';
import { HOSTED, openHosted, type HostConfig, type Hosted, type HostedExecutor } from './hosted';
import { commandsInbox } from './inbound/commands';
import type { Observing } from './observing/observing';
import { executorSelfCheck } from './self-check/executor-self-check';

/** One executor in one process. The only file that knows how its host is wired. */
@Module({})
export class ExecutorHostModule {
  static register(executor: HostedExecutor, config: HostConfig): DynamicModule {
    return {
      module: ExecutorHostModule,
      controllers: [commandsInbox(executor.name)],
      providers: [
        {
          provide: HOSTED,
          inject: [LOG, CLOCK, Readiness, SelfCheck, Shutdown],
          useFactory: (log: HostLog, clock: Clock, readiness: Readiness, selfCheck: SelfCheck, shutdown: Shutdown) => {
            selfCheck.is(() => lookAtSelf(executorSelfCheck(executor.name), clock));
            return open(executor, config, { log, clock, readiness, shutdown });
          },
        },
      ],
    };
  }
}

interface HostServices {
  readonly log: HostLog;
  readonly clock: Clock;
  readonly readiness: Readiness;
  readonly shutdown: Shutdown;
}

async function open(
  executor: HostedExecutor,
  config: HostConfig,
  { log, clock, readiness, shutdown }: HostServices,
): Promise<Hosted> {
  const hosted = await openHosted(executor, config, { log, clock });
  const { server, bus, database, hosting, relay, observing } = hosted;
  watchBroker(bus, readiness);
  readiness.add('intake', () => server.isReady() || NOT_TAKING_IN);
  readiness.add('database', () => database.isHealthy());
  shutdown.add('intake', 'commands', () => server.close());
  if (observing) shutdown.add('intake', 'observing', () => observing.stop());
  shutdown.add('work', 'claims', () => hosting.stop());
  shutdown.add('relay', 'relay', () => relay.stop());
  shutdown.add('connections', 'bus', () => bus.close());
  shutdown.add('connections', 'database', () => database.close());
  gauge('causeway_executor_claims_in_memory', 'Claims under way or waiting in memory.', () => hosting.inMemory());
  for (const [name, help] of Object.entries(COUNTS)) {
    gauge(`causeway_executor_claims_${snake(name)}`, help, () => hosting.counts[name as keyof typeof COUNTS]);
  }
  if (observing) gaugesOf(observing);
  return hosted;
}

/** Not in readiness: an executor whose target cannot be read still answers for it. */
function gaugesOf(observing: Observing): void {
  const { counts } = observing;
  gauge('causeway_observer_mutations', 'Mutations sent since the start.', () => counts.mutations);
  gauge('causeway_observer_gaps', 'Gaps stated since the start.', () => counts.gaps);
  gauge(
    'causeway_observer_failed_sweeps',
    'Looks at the history that failed since the start.',
    () => counts.failedSweeps,
  );
  gauge('causeway_observer_lag_seconds', 'Since the last covered instant; -1: another process observes.', () =>
    observing.lagSeconds(),
  );
}

const COUNTS = {
  taken: 'Commands taken since the start.',
  repeated: 'Commands of attempts that were taken before.',
  takenOver: 'Claims taken over from processes that ended.',
  answered: 'Results written.',
  lostToOthers: 'Results not written since the claim had another holder by then.',
} as const;

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
