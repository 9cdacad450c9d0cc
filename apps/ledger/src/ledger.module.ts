import { Module, type DynamicModule } from '@nestjs/common';
import { CLOCK, LOG, Readiness, SelfCheck, Shutdown, type Clock, type HostLog } from '@causeway/host';
import { Standby } from '@causeway/persistence';
import { lookAtSelf, NOT_TAKING_IN, watchBroker } from '@causeway/service';
import { newEventId } from '@causeway/signing';
import type { LedgerConfig } from './config';
import { Refusals } from './handle/refusals';
import { LedgerService } from './ledger-service';
import { exposeFigures } from './metrics';
import { connectLedger } from './open-ledger';
import { LEDGER_SELF_CHECK } from './self-check/ledger-self-check';
import { SCHEMA } from './store/migrations';
import { RefusalTable } from './store/refusal-table';

@Module({})
export class LedgerModule {
  static with(config: LedgerConfig): DynamicModule {
    return {
      module: LedgerModule,
      providers: [
        {
          provide: LedgerService,
          inject: [LOG, CLOCK, Readiness, SelfCheck, Shutdown],
          useFactory: (log: HostLog, clock: Clock, readiness: Readiness, selfCheck: SelfCheck, shutdown: Shutdown) => {
            selfCheck.is(() => lookAtSelf(LEDGER_SELF_CHECK, clock));
            return serviceOf(config, { log, clock, readiness, shutdown });
          },
        },
      ],
    };
  }
}

interface Around {
  readonly log: HostLog;
  readonly clock: Clock;
  readonly readiness: Readiness;
  readonly shutdown: Shutdown;
}

async function serviceOf(config: LedgerConfig, { log, clock, readiness, shutdown }: Around): Promise<LedgerService> {
  const connected = await connectLedger(config, log);
  const { bus, database } = connected;
  const standby = new Standby({
    url: config.DATABASE_URL,
    name: SCHEMA,
    onWaiting: () => log.info({}, 'another ledger writes the log: waiting for its place'),
  });
  const sealing = { signer: connected.signer, now: () => clock.now(), newId: newEventId };
  const refusals = new Refusals({ bus, sealing, table: new RefusalTable(database) });
  const ports = { log, clock, onFatal: endProcess(log) };
  const service = new LedgerService({ connected, config, standby, refusals, ports, onOpened: exposeFigures });
  readiness.add('seat', () => service.isAtWork());
  watchBroker(bus, readiness);
  readiness.add('intake', () => service.isTakingIn() || NOT_TAKING_IN);
  readiness.add('database', () => database.isHealthy());
  shutdown.add('intake', 'intake', () => service.stopTaking());
  shutdown.add('work', 'writer', () => service.stopWriting());
  shutdown.add('relay', 'publisher', () => service.stopPublishing());
  shutdown.add('connections', 'bus', () => bus.close());
  shutdown.add('connections', 'database', () => database.close());
  return service;
}

/** A broken invariant: going on could sign what is wrong. Whoever starts the process again starts from the tables. */
const endProcess =
  (log: HostLog) =>
  (error: Error): void => {
    log.fatal({ stack: error.stack, name: error.name }, error.message);
    process.exit(1);
  };
