import { CLOCK, counter, gauge, LOG, parseEnv, Shutdown, type Clock, type HostLog } from '@causeway/host';
import { Relay, seal, type Draft, type OutboxStore, type Sealed } from '@causeway/messaging';
import type { Database, Reader, Tx } from '@causeway/persistence';
import type { ServiceAddresses } from '@causeway/self-check';
import { DATABASE, OUTBOX, ServiceModule, SIGNER, type MessageServiceOptions } from '@causeway/service';
import { newEventId, type Signer } from '@causeway/signing';
import { Module, type FactoryProvider } from '@nestjs/common';
import { DecisionsController } from './api/decisions.controller';
import { DoctorController } from './api/doctor.controller';
import { IntentsController } from './api/intents.controller';
import { LedgerController } from './api/ledger.controller';
import { MutationsController } from './api/mutations.controller';
import { OpenApiController } from './api/openapi.controller';
import { PathsController } from './api/paths.controller';
import { SequencesController } from './api/sequences.controller';
import { SituationController } from './api/situation.controller';
import { StreamsController } from './api/streams.controller';
import { TargetsController } from './api/targets.controller';
import { consoleEnv, readOwners, readTokens } from './config';
import type { Owners } from './fold/mutations';
import { Live } from './handle/live';
import { MutationQuestions } from './handle/mutation-questions';
import { PathQuestions } from './handle/path-questions';
import { Projector, type Projected } from './handle/projector';
import { Questions } from './handle/questions';
import { SituationQuestions } from './handle/situation-questions';
import type { SubmitPorts } from './handle/submit-intent';
import { LedgerMessages } from './inbound/ledger-messages';
import { consoleMigrations } from './store/migrations';
import { emptyProjection, projectionHead } from './store/projection-store';
import { judgeProjection, unprojectedState, type Unprojected } from './store/unprojected-store';
import { HOLDERS, OWNERS, SERVICES, SUBMIT } from './tokens';

const PRINCIPAL = 'console';

/** One life of the projection is one consumer group, so an emptied one reads the topics from their start. */
async function groupOf(database: Database): Promise<string> {
  const isWanted = parseEnv(consoleEnv).CONSOLE_REBUILD === 'yes';
  if (isWanted || (await projectionHead(database)).isOfAnotherShape) await database.transaction(emptyProjection);
  return currentGroup(database);
}

const currentGroup = async (tx: Tx): Promise<string> => `${PRINCIPAL}-${(await projectionHead(tx)).generation}`;

const holders: FactoryProvider = {
  provide: HOLDERS,
  useFactory: () => readTokens(parseEnv(consoleEnv).CAUSEWAY_TOKENS_FILE),
};

const live: FactoryProvider<Live> = {
  provide: Live,
  inject: [Shutdown],
  useFactory: (shutdown: Shutdown) => {
    const made = new Live();
    shutdown.add('intake', 'streams', () => made.close());
    return made;
  },
};

const projector: FactoryProvider<Projector> = {
  provide: Projector,
  inject: [DATABASE, Live, LOG],
  useFactory: (database: Database, announcer: Live, log: HostLog) => {
    let next = 0;
    gauge(
      'causeway_console_projected_entries',
      'Ledger entries in the projection, as of the last one taken',
      () => next,
    );
    gauge('causeway_console_streams', 'Open event streams', () => announcer.count);
    const take = (projected: Projected): void => {
      next = projected.next;
      announcer.announce(projected);
    };
    return new Projector(database, take, tellUnprojected(log));
  },
};

/** Nothing is lost by it, but somebody has to know. */
function tellUnprojected(log: HostLog): (unprojected: Unprojected) => void {
  const total = counter('causeway_console_unprojected_total', 'Ledger entries that could not be taken in');
  return ({ index, type, problem }) => {
    total.inc();
    log.error(
      { index, type },
      `an entry cannot be taken in; it is kept as it is, and answers leave it out: ${problem}`,
    );
  };
}

const questions: FactoryProvider<Questions> = {
  provide: Questions,
  inject: [DATABASE, CLOCK],
  useFactory: (database: Database, clock: Clock) => new Questions(database, () => clock.now()),
};

const owners: FactoryProvider<Owners> = {
  provide: OWNERS,
  useFactory: () => readOwners(parseEnv(consoleEnv).CAUSEWAY_TARGETS),
};

const mutationQuestions: FactoryProvider<MutationQuestions> = {
  provide: MutationQuestions,
  inject: [DATABASE, OWNERS],
  useFactory: (database: Database, known: Owners) => new MutationQuestions(database, known),
};

const pathQuestions: FactoryProvider<PathQuestions> = {
  provide: PathQuestions,
  inject: [DATABASE],
  useFactory: (database: Database) => new PathQuestions(database),
};

const situationQuestions: FactoryProvider<SituationQuestions> = {
  provide: SituationQuestions,
  inject: [DATABASE, OWNERS, CLOCK],
  useFactory: (database: Database, known: Owners, clock: Clock) =>
    new SituationQuestions(database, known, () => clock.now()),
};

const submit: FactoryProvider<SubmitPorts> = {
  provide: SUBMIT,
  inject: [DATABASE, OUTBOX, Relay, SIGNER, CLOCK],
  useFactory: (database: Database, outbox: OutboxStore<Tx>, relay: Relay, signer: Signer, clock: Clock) => ({
    database,
    insertOutbox: (tx: Tx, sealed: readonly Sealed[]) => outbox.insert(tx, sealed),
    relay: (rows: Parameters<Relay['enqueue']>[0]) => relay.enqueue(rows),
    seal: (drafts: readonly Draft[]) => seal(drafts, { signer, now: () => clock.now(), newId: newEventId }),
    principal: PRINCIPAL,
    mostUnsent: parseEnv(consoleEnv).CONSOLE_MAX_UNSENT,
  }),
};

export const CONSOLE: MessageServiceOptions = {
  principal: PRINCIPAL,
  schema: 'console',
  migrations: consoleMigrations,
  groupId: groupOf,
  poolSize: 8,
  selfCheck: {
    groupOf: (reader: Reader) => currentGroup(reader),
    tables: [{ name: 'projection', look: async (reader) => [judgeProjection(await unprojectedState(reader))] }],
  },
};

const services: FactoryProvider<ServiceAddresses> = {
  provide: SERVICES,
  useFactory: () => parseEnv(consoleEnv).CAUSEWAY_SERVICES,
};

@Module({
  imports: [ServiceModule.register(CONSOLE)],
  controllers: [
    LedgerMessages,
    IntentsController,
    DecisionsController,
    StreamsController,
    SequencesController,
    TargetsController,
    LedgerController,
    MutationsController,
    PathsController,
    SituationController,
    DoctorController,
    OpenApiController,
  ],
  providers: [
    holders,
    services,
    live,
    projector,
    questions,
    owners,
    mutationQuestions,
    pathQuestions,
    situationQuestions,
    submit,
  ],
})
export class ConsoleModule {}
