/**
 * The readiness prober: looks at targets from outside, member by member, as a user would, and sends what it saw as readings.
 *
 * 1. It decides nothing. Expectations only tell it when it may stop looking; the verdict is made from the readings.
 * 2. It holds no credential that can change a target, and looks nowhere but where a Target file says.
 * 3. It is never silent about a member that was asked for: not seen, not declared and not known are readings too.
 * 4. A request that was taken is looked at until every member showed it or its time is over, through any restart.
 *
 * Way of a request: inbound -> take-probes (one transaction a batch) -> prober (a watch a probe, a look a member) ->
 * report-rounds (one transaction for all rounds of a moment) -> outbox -> `causeway.readings.v1`.
 */
import { CLOCK, gauge, LOG, parseEnv, Shutdown, type Clock, type HostLog } from '@causeway/host';
import { Relay, seal, type Draft, type OutboxStore, type Sealed } from '@causeway/messaging';
import type { Database, Tx } from '@causeway/persistence';
import { readTargets } from '@causeway/plan-file';
import { DATABASE, OUTBOX, ServiceModule, SIGNER } from '@causeway/service';
import { newEventId, type Signer } from '@causeway/signing';
import { Module, type FactoryProvider } from '@nestjs/common';
import { proberEnv } from './config';
import type { LookSources } from './handle/plan-looks';
import { Prober } from './handle/prober';
import { RoundReporter } from './handle/report-rounds';
import type { TakePorts } from './handle/take-probes';
import { ProbeRequests, TAKE_PORTS } from './inbound/probe-requests';
import { loadCredentials } from './look/credentials';
import { createLooks } from './look/looks';
import { createWeb } from './look/web';
import { migrations, SCHEMA } from './store/migrations';
import { openProbes } from './store/open-probes';

export const PRINCIPAL = 'readiness-prober';

const SOURCES = Symbol('LookSources');

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

const reporter: FactoryProvider<RoundReporter> = {
  provide: RoundReporter,
  inject: [DATABASE, OUTBOX, Relay, SIGNER, CLOCK, LOG],
  useFactory: (database: Database, outbox: OutboxStore<Tx>, relay: Relay, signer: Signer, clock: Clock, log: HostLog) =>
    new RoundReporter({ database, outbox, relay, log, seal: sealer(signer, clock) }),
};

/** Takes up what an earlier process left open before anything new comes in. */
const prober: FactoryProvider<Promise<Prober>> = {
  provide: Prober,
  inject: [DATABASE, RoundReporter, SOURCES, CLOCK, LOG, Shutdown],
  useFactory: async (
    database: Database,
    rounds: RoundReporter,
    from: LookSources,
    clock: Clock,
    log: HostLog,
    shutdown: Shutdown,
  ) => {
    const made = new Prober({ clock, sources: from, report: (round) => rounds.report(round) });
    const left = await openProbes(database);
    if (left.length > 0) log.info({ probes: left.length }, 'looking again at what was open');
    made.watch(left);
    gauge('causeway_prober_open_probes', 'Probes that are being looked at.', () => made.open());
    shutdown.add('work', 'looks', async () => {
      made.stop();
      await rounds.stop();
    });
    return made;
  },
};

const takePorts: FactoryProvider<TakePorts> = {
  provide: TAKE_PORTS,
  inject: [DATABASE, OUTBOX, Relay, SIGNER, CLOCK, SOURCES, Prober],
  useFactory: (
    database: Database,
    outbox: OutboxStore<Tx>,
    relay: Relay,
    signer: Signer,
    clock: Clock,
    from: LookSources,
    looks: Prober,
  ) => {
    const watch = looks.watch.bind(looks);
    return { database, outbox, relay, clock, sources: from, seal: sealer(signer, clock), watch };
  },
};

@Module({
  imports: [ServiceModule.register({ principal: PRINCIPAL, schema: SCHEMA, migrations })],
  controllers: [ProbeRequests],
  providers: [sources, reporter, prober, takePorts],
})
export class ReadinessProberModule {}
