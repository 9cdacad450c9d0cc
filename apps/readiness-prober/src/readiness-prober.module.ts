/**
 * The readiness prober: looks at targets from outside, member by member, as a user would, and sends what it saw as readings.
 *
 * 1. It decides nothing. Expectations only tell it when it may stop looking; the verdict is made from the readings.
 * 2. It holds no credential that can change a target, and looks nowhere but where a Target file says.
 * 3. It is never silent about a member that was asked for: not seen, not declared and not known are readings too.
 * 4. A probe that was taken is looked at until every member showed it or its time is over, through any restart.
 * 5. A watch that was taken is looked at until its sequence has ended or 24 hours are over, through any restart, and nothing is
 *    said of an interval in which nobody looked.
 * 6. One prober looks at a time; a second waits for its place, and one that was replaced says nothing more.
 *
 * Way of a request: inbound -> take-requests (one transaction a batch) -> `probe/` (for gates: a whole round a message) or
 * `watch/` (for whole sequences: what changed, and between when and when) -> `look/` -> reporter (one transaction for all
 * that is reported in a moment) -> outbox -> `causeway.readings.v1`.
 */
import { CLOCK, gauge, LOG, parseEnv, Shutdown, type Clock, type HostLog } from '@causeway/host';
import { Relay, seal, type Draft, type OutboxStore, type Sealed } from '@causeway/messaging';
import { Seat, type Attempt, type Database, type Tx } from '@causeway/persistence';
import { readTargets } from '@causeway/plan-file';
import { DATABASE, OUTBOX, ServiceModule, SIGNER, type MessageServiceOptions } from '@causeway/service';
import { newEventId, type Signer } from '@causeway/signing';
import { Module, type FactoryProvider } from '@nestjs/common';
import { proberEnv } from './config';
import { Reporter, type Report } from './handle/reporter';
import type { TakePorts } from './handle/take-requests';
import { ProbeRequests, TAKE_PORTS } from './inbound/probe-requests';
import { loadCredentials } from './look/credentials';
import { createLooks } from './look/looks';
import type { LookSources } from './look/plan-looks';
import { createWeb } from './look/web';
import { Prober } from './probe/prober';
import { migrations, SCHEMA } from './store/migrations';
import { openProbes } from './store/open-probes';
import { openWatches } from './store/open-watches';
import { judgeLooks, openLooks } from './store/overdue';
import { Watcher } from './watch/watcher';

const PRINCIPAL = 'readiness-prober';

const SOURCES = Symbol('LookSources');
const LOOKING = Symbol('Looking');

const sources: FactoryProvider<LookSources> = {
  provide: SOURCES,
  inject: [Shutdown],
  useFactory: (shutdown: Shutdown) => {
    const env = parseEnv(proberEnv);
    const { CAUSEWAY_PROBE_CREDENTIALS: file } = env;
    const web = createWeb();
    shutdown.add('connections', 'looks', () => web.close());
    return {
      registry: readTargets(env.CAUSEWAY_TARGETS),
      makeLook: createLooks(web, file === undefined ? new Map() : loadCredentials(file)),
      allowInstant: env.CAUSEWAY_ALLOW_INSTANT_PROBES,
    };
  },
};

const sealer =
  (signer: Signer, clock: Clock) =>
  (drafts: readonly Draft[]): Sealed[] =>
    seal(drafts, { signer, now: () => clock.now(), newId: newEventId });

const reporter: FactoryProvider<Reporter> = {
  provide: Reporter,
  inject: [DATABASE, OUTBOX, Relay, Seat, SIGNER, CLOCK, LOG],
  useFactory: (
    database: Database,
    outbox: OutboxStore<Tx>,
    relay: Relay,
    seat: Seat,
    signer: Signer,
    clock: Clock,
    log: HostLog,
  ) => {
    const mustHold = (tx: Tx, attempt: Attempt): Promise<void> => seat.mustHold(tx, attempt);
    return new Reporter({ database, outbox, relay, log, mustHold, seal: sealer(signer, clock) });
  },
};

interface Looking {
  readonly prober: Prober;
  readonly watcher: Watcher;
}

/** Once it has the seat, takes up what the one before left open, before anything new comes in. */
const looking: FactoryProvider<Looking> = {
  provide: LOOKING,
  inject: [DATABASE, Reporter, Seat, SOURCES, CLOCK, LOG, Shutdown],
  useFactory: (
    database: Database,
    reporter: Reporter,
    seat: Seat,
    from: LookSources,
    clock: Clock,
    log: HostLog,
    shutdown: Shutdown,
  ) => {
    const ports = { clock, sources: from, report: (report: Report) => reporter.report(report) };
    const [prober, watcher] = [new Prober(ports), new Watcher(ports)];
    seat.onTake(async () => {
      const [probes, watches] = [await openProbes(database), await openWatches(database)];
      log.info({ probes: probes.length, watches: watches.length }, 'looking again at what was open');
      prober.look(probes);
      watcher.follow(watches);
    });
    gauge('causeway_prober_open_probes', 'Probes that are being looked at.', () => prober.open());
    gauge('causeway_prober_open_watches', 'Sequences that are being watched.', () => watcher.open());
    shutdown.add('work', 'looks', async () => {
      prober.stop();
      watcher.stop();
      await reporter.stop();
    });
    return { prober, watcher };
  },
};

const takePorts: FactoryProvider<TakePorts> = {
  provide: TAKE_PORTS,
  inject: [DATABASE, OUTBOX, Relay, Seat, SIGNER, CLOCK, SOURCES, LOOKING],
  useFactory: (
    database: Database,
    outbox: OutboxStore<Tx>,
    relay: Relay,
    seat: Seat,
    signer: Signer,
    clock: Clock,
    from: LookSources,
    { prober, watcher }: Looking,
  ) => ({
    ...{ database, outbox, relay, clock, sources: from, seal: sealer(signer, clock) },
    claimInbox: (tx, ids, attempt) => seat.claimInbox(tx, ids, attempt),
    look: (probes) => prober.look(probes),
    follow: (watches) => watcher.follow(watches),
  }),
};

export const PROBER: MessageServiceOptions = {
  principal: PRINCIPAL,
  schema: SCHEMA,
  single: true,
  migrations,
  selfCheck: { tables: [{ name: 'looks', look: async (reader) => [judgeLooks(await openLooks(reader))] }] },
};

@Module({
  imports: [ServiceModule.register(PROBER)],
  controllers: [ProbeRequests],
  providers: [sources, reporter, looking, takePorts],
})
export class ReadinessProberModule {}
