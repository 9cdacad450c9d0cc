import { Global, Module, type DynamicModule, type FactoryProvider } from '@nestjs/common';
import { allTopics, uuidFromHash } from '@causeway/contracts';
import { CLOCK, LOG, parseEnv, Readiness, SelfCheck, Shutdown, type Clock, type HostLog } from '@causeway/host';
import {
  CausewayServer,
  createKafkaBus,
  instanceFrom,
  kafkaOptionsFrom,
  Relay,
  type Admission,
  type EventBus,
  type OutboxStore,
} from '@causeway/messaging';
import {
  createOutboxStore,
  openDatabase,
  Seat,
  seatMigration,
  type Database,
  type Migration,
  type SeatTaken,
  type Tx,
} from '@causeway/persistence';
import { loadSigner, loadVerifier, newEventId, sha256, type Signer, type Verifier } from '@causeway/signing';
import { lastWord } from './last-word';
import { recordRefusals, refusalsOf, type RefusalPorts } from './record-refusal';
import { lookAtSelf } from './self-check/look-at-self';
import type { SelfCheckPlan } from './self-check/plan';
import { NOT_TAKING_IN, watchBroker } from './watch-broker';
import { messageServiceEnv, type MessageServiceEnv } from './service-env';
import { BUS, DATABASE, OUTBOX, SERVICE_ENV, SIGNER, VERIFIER } from './tokens';

/** What differs from service to service. */
export interface MessageServiceOptions {
  /** Principal, consumer group and client id; its key must be the one in CAUSEWAY_KEY_FILE. */
  readonly principal: string;
  /** Postgres schema of its own. */
  readonly schema: string;
  readonly migrations: readonly Migration[];
  readonly poolSize?: number;
  /** Only one process at a time may act; the others wait for its place. The service asks {@link Seat} in its transactions. */
  readonly single?: boolean;
  readonly maxBatch?: number;
  readonly lingerMs?: number;
  /** What the service asks of a message besides what the door checks. */
  admission?(): Admission;
  /** What of this service's own part its self-check looks at, besides what is the same in all. */
  readonly selfCheck?: Pick<SelfCheckPlan, 'tables' | 'both' | 'groupOf'>;
  /** Consumer group, when it is not the principal: a projection that was emptied reads its topics from their start as a new group. */
  groupId?(database: Database): Promise<string>;
}

/**
 * The parts every service on the topics is made of: bus, keys, database, outbox, relay and transport, with their health and
 * their order of stopping. One place, so that no service wires Kafka by itself.
 */
@Global()
@Module({})
export class ServiceModule {
  static register(options: MessageServiceOptions): DynamicModule {
    const own = [seat(options), relay, server(options), selfCheck(options)];
    const providers = [env, bus(options), signer(options), verifier, database(options), outbox, ...own];
    return { module: ServiceModule, providers, exports: providers };
  }
}

/** The self-check of a service that is made of these parts. */
export const selfCheckOf = (options: MessageServiceOptions): SelfCheckPlan => ({
  service: options.principal,
  schema: options.schema,
  migrations: migrationsOf(options),
  hasOutbox: true,
  hasSeat: options.single === true,
  ...options.selfCheck,
});

const migrationsOf = ({
  migrations,
  single,
}: Pick<MessageServiceOptions, 'migrations' | 'single'>): readonly Migration[] =>
  single ? [...migrations, seatMigration] : migrations;

const env: FactoryProvider<MessageServiceEnv> = { provide: SERVICE_ENV, useFactory: () => parseEnv(messageServiceEnv) };

const bus = ({ principal }: MessageServiceOptions): FactoryProvider<EventBus> => ({
  provide: BUS,
  inject: [LOG, Readiness, Shutdown],
  useFactory: (log: HostLog, readiness: Readiness, shutdown: Shutdown) => {
    const made = createKafkaBus({ ...kafkaOptionsFrom(process.env), clientId: principal, log });
    watchBroker(made, readiness);
    shutdown.add('connections', 'bus', () => made.close());
    return made;
  },
});

const signer = ({ principal }: MessageServiceOptions): FactoryProvider<Signer> => ({
  provide: SIGNER,
  inject: [SERVICE_ENV],
  useFactory: ({ CAUSEWAY_KEY_FILE }: MessageServiceEnv) => {
    const loaded = loadSigner(CAUSEWAY_KEY_FILE);
    if (loaded.principal !== principal)
      throw new Error(`CAUSEWAY_KEY_FILE holds the key of ${loaded.principal}; this service signs as ${principal}`);
    return loaded;
  },
});

const verifier: FactoryProvider<Verifier> = {
  provide: VERIFIER,
  inject: [SERVICE_ENV],
  useFactory: ({ CAUSEWAY_TRUST_FILE }: MessageServiceEnv) => loadVerifier(CAUSEWAY_TRUST_FILE),
};

const database = ({
  schema,
  migrations: own,
  poolSize,
  single,
}: MessageServiceOptions): FactoryProvider<Promise<Database>> => ({
  provide: DATABASE,
  inject: [SERVICE_ENV, LOG, Readiness, Shutdown],
  useFactory: async ({ DATABASE_URL }: MessageServiceEnv, log: HostLog, readiness: Readiness, shutdown: Shutdown) => {
    const onIdleError = (error: Error): void => log.warn({}, `an idle database connection broke: ${error.message}`);
    const migrations = migrationsOf({ migrations: own, single });
    const opened = await openDatabase({ url: DATABASE_URL, schema, migrations, poolSize, onIdleError });
    readiness.add('database', () => opened.isHealthy());
    shutdown.add('connections', 'database', () => opened.close());
    return opened;
  },
});

const outbox: FactoryProvider<OutboxStore> = { provide: OUTBOX, inject: [DATABASE], useFactory: createOutboxStore };

const selfCheck = (options: MessageServiceOptions): FactoryProvider<null> => ({
  provide: Symbol('self-check'),
  inject: [SelfCheck, CLOCK],
  useFactory: (registry: SelfCheck, clock: Clock) => {
    registry.is(() => lookAtSelf(selfCheckOf(options), clock));
    return null;
  },
});

/** null: there may be several of this service. */
const seat = ({ single }: MessageServiceOptions): FactoryProvider<Seat | null> => ({
  provide: Seat,
  inject: [DATABASE, OUTBOX, SIGNER, CLOCK, LOG, Readiness],
  useFactory: (
    opened: Database,
    store: OutboxStore<Tx>,
    sign: Signer,
    clock: Clock,
    log: HostLog,
    readiness: Readiness,
  ) => {
    if (!single) return null;
    const sealing = { signer: sign, now: () => clock.now(), newId: newEventId };
    const made = new Seat({
      database: opened,
      newId: () => holderId(instanceFrom(process.env)),
      onWaiting: () => log.info({}, 'another process of this service is at work: waiting for its place'),
      onTaken: (error) => endReplaced(error, { database: opened, outbox: store, sealing }, log),
    });
    readiness.add('seat', () => made.isHeld());
    return made;
  },
});

/** One that was started again takes the seat back that its former process left behind: under a new epoch, so a late write of that one is refused. */
const holderId = (instance: string | null): string =>
  instance === null ? newEventId() : uuidFromHash(sha256(Buffer.from(instance)));

async function endReplaced(error: SeatTaken, ports: RefusalPorts, log: HostLog): Promise<void> {
  await lastWord(recordRefusals(ports, refusalsOf(error)), log);
  log.fatal({}, error.message);
  process.exit(1);
}

const relay: FactoryProvider<Promise<Relay>> = {
  provide: Relay,
  inject: [BUS, OUTBOX, Seat, LOG, Readiness, Shutdown],
  useFactory: async (
    eventBus: EventBus,
    store: OutboxStore,
    place: Seat | null,
    log: HostLog,
    readiness: Readiness,
    shutdown: Shutdown,
  ) => {
    const maySend = (): boolean => place?.isFresh() ?? true;
    const made = new Relay({ bus: eventBus, store: store as OutboxStore<never>, log, maySend });
    // Rows of who sits there now are theirs to send.
    if (!place) await made.start();
    readiness.add('relay', () => made.isHealthy());
    shutdown.add('relay', 'relay', async () => {
      await made.stop();
      await place?.giveUp();
    });
    return made;
  },
};

const server = (options: MessageServiceOptions): FactoryProvider<Promise<CausewayServer>> => ({
  provide: CausewayServer,
  inject: [DATABASE, BUS, Seat, Relay, VERIFIER, SIGNER, SERVICE_ENV, LOG, Readiness, Shutdown],
  useFactory: async (
    opened: Database,
    eventBus: EventBus,
    place: Seat | null,
    sends: Relay,
    verify: Verifier,
    sign: Signer,
    { CAUSEWAY_EXECUTORS }: MessageServiceEnv,
    log: HostLog,
    readiness: Readiness,
    shutdown: Shutdown,
  ) => {
    const topics = allTopics(CAUSEWAY_EXECUTORS);
    const made = new CausewayServer({
      bus: eventBus,
      verifier: verify,
      signer: sign,
      topics,
      groupId: (await options.groupId?.(opened)) ?? options.principal,
      log,
      admission: options.admission?.(),
      maxBatch: options.maxBatch,
      lingerMs: options.lingerMs,
      // What the one before left is sent before anything is decided.
      ...(place && { before: () => place.take(() => sends.start()) }),
    });
    readiness.add('intake', () => made.isReady() || NOT_TAKING_IN);
    shutdown.add('intake', 'intake', () => made.close());
    return made;
  },
});
