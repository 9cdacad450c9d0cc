import type { Target } from '@causeway/contracts';
import { CLOCK, LOG, parseEnv, Shutdown, type Clock, type HostLog } from '@causeway/host';
import { Relay, seal, valueOf, type OutboxStore } from '@causeway/messaging';
import {
  inboxMigration,
  keepsItsPages,
  outboxMigration,
  Seat,
  type Attempt,
  type Database,
  type Tx,
} from '@causeway/persistence';
import { readTargets } from '@causeway/plan-file';
import { DATABASE, OUTBOX, ServiceModule, SIGNER, type MessageServiceOptions } from '@causeway/service';
import { newEventId, sha256Hex, type Signer } from '@causeway/signing';
import { Module, type FactoryProvider } from '@nestjs/common';
import { sequencerEnv } from './config';
import { ClockTicker } from './handle/clock-ticker';
import { Decider } from './handle/decider';
import { LastRounds } from './handle/last-rounds';
import type { Caches } from './handle/load-batch';
import { StateCache } from './handle/state-cache';
import { admissionFor } from './inbound/admission';
import { Messages } from './inbound/messages';
import { judgeSequences } from './self-check/judge-sequences';
import { resourcesMigration, streamsMigration, targetsMigration, turnsMigration } from './store/migrations';
import { standing } from './store/standing';
import { dueSequences } from './store/stream-store';
import { TARGETS } from './tokens';

const PRINCIPAL = 'sequencer';
/** Sequences whose state is kept at hand; a state is some kilobytes. */
const CACHED_STATES = 10_000;
const CACHED_RESOURCES = 2_000;

const registered = (): ReadonlyMap<string, Target> => readTargets(parseEnv(sequencerEnv).CAUSEWAY_TARGETS);

const targets: FactoryProvider = { provide: TARGETS, useFactory: registered };

const decider: FactoryProvider<Decider> = {
  provide: Decider,
  inject: [DATABASE, OUTBOX, Relay, Seat, SIGNER, CLOCK],
  useFactory: (database: Database, outbox: OutboxStore<Tx>, relay: Relay, seat: Seat, signer: Signer, clock: Clock) => {
    const now = (): number => clock.now();
    const ports = {
      transaction: <T>(work: (tx: Tx) => Promise<T>) => database.transaction(work),
      claimInbox: (tx: Tx, ids: readonly string[], attempt: Attempt) => seat.claimInbox(tx, ids, attempt),
      insertOutbox: (tx: Tx, sealed: Parameters<typeof outbox.insert>[1]) => outbox.insert(tx, sealed),
      relay: (rows: Parameters<Relay['enqueue']>[0]) => relay.enqueue(rows),
      seal: (drafts: Parameters<typeof seal>[0]) => seal(drafts, { signer, now, newId: newEventId }),
      digestOf: (draft: Parameters<typeof valueOf>[0]) => sha256Hex(valueOf(draft, PRINCIPAL)),
      newId: () => newEventId(now()),
      now,
    };
    const caches: Caches = {
      sequences: new StateCache(CACHED_STATES),
      resources: new StateCache(CACHED_RESOURCES),
      claims: new StateCache(1),
    };
    return new Decider(ports, caches, new LastRounds(new Date(now()).toISOString()));
  },
};

const ticker: FactoryProvider<ClockTicker> = {
  provide: ClockTicker,
  inject: [DATABASE, Decider, Seat, CLOCK, LOG, Shutdown],
  useFactory: (database: Database, decides: Decider, seat: Seat, clock: Clock, log: HostLog, shutdown: Shutdown) => {
    const made = new ClockTicker({
      due: async (nowMs, limit) => (seat.isHeld() ? dueSequences(database, nowMs, limit) : []),
      submit: (items) => decides.decideAll(items),
      now: () => clock.now(),
      onError: (error, sequenceId) =>
        sequenceId === null
          ? log.warn({}, `the clock could not be looked at, again soon: ${String(error)}`)
          : log.error({ sequenceId }, `nothing that is due of this sequence can be decided: ${String(error)}`),
    });
    shutdown.add('intake', 'clock', () => made.stop());
    made.start();
    return made;
  },
};

export const SEQUENCER: MessageServiceOptions = {
  principal: PRINCIPAL,
  schema: 'sequencer',
  single: true,
  migrations: [
    inboxMigration,
    outboxMigration,
    streamsMigration,
    targetsMigration,
    turnsMigration,
    resourcesMigration,
    keepsItsPages('outbox'),
  ],
  admission: () => admissionFor(registered()),
  selfCheck: {
    tables: [
      {
        name: 'sequences',
        look: async (reader, nowMs) => judgeSequences(await reader.snapshot(standing), nowMs),
      },
    ],
  },
};

@Module({
  imports: [ServiceModule.register(SEQUENCER)],
  controllers: [Messages],
  providers: [targets, decider, ticker],
})
export class SequencerModule {}
