import { Relay, seal, type Draft, type Sealed } from '@causeway/messaging';
import { createOutboxStore } from '@causeway/persistence';
import { Reporter } from '../../../apps/readiness-prober/src/handle/reporter';
import { takeRequests } from '../../../apps/readiness-prober/src/handle/take-requests';
import { ProbeRequests } from '../../../apps/readiness-prober/src/inbound/probe-requests';
import { Prober } from '../../../apps/readiness-prober/src/probe/prober';
import { openProbes } from '../../../apps/readiness-prober/src/store/open-probes';
import { openWatches } from '../../../apps/readiness-prober/src/store/open-watches';
import { Watcher } from '../../../apps/readiness-prober/src/watch/watcher';
import type { House } from '../house';
import { simSigner } from '../keys';
import type { SimProcess } from '../process';
import { simLooks } from '../world/sim-looks';
import { openIntake } from './server';

const PRINCIPAL = 'readiness-prober';
const clock = { now: () => Date.now(), monotonic: () => performance.now() };
const silent = {
  debug: (): void => undefined,
  info: (): void => undefined,
  warn: (): void => undefined,
  error: (): void => undefined,
};

/** As apps/readiness-prober/src/readiness-prober.module.ts puts it together. */
export async function bootProber(house: House, process: SimProcess): Promise<void> {
  const { bugs } = house;
  const database = house.schema(PRINCIPAL).open(process);
  const bus = house.broker.open(process);
  const outbox = createOutboxStore(database);
  const relay = new Relay({ bus, store: bugs.outbox(outbox) as never });
  await relay.start();
  const signer = simSigner(PRINCIPAL);
  const sealer = (drafts: readonly Draft[]): Sealed[] =>
    seal(bugs.readings(drafts), { signer, now: clock.now, newId: house.newId, validate: false });
  const makeLook = bugs.looks(simLooks(house.targets, house, process));
  const sources = { registry: house.registry, makeLook, allowInstant: false };
  const reporter = new Reporter({ database, outbox, relay, log: silent, seal: sealer });
  const prober = new Prober({ clock, sources, report: (round) => reporter.report(round) });
  prober.look(await openProbes(database));
  const watcher = new Watcher({ clock, sources, report: (sighted) => reporter.report(sighted) });
  watcher.follow(await openWatches(database));
  const ports = {
    ...{ database, outbox, relay, clock, sources, seal: sealer },
    look: (probes: Parameters<Prober['look']>[0]) => prober.look(probes),
    follow: (watches: Parameters<Watcher['follow']>[0]) => watcher.follow(watches),
  };
  await openIntake(house, process, {
    ...{ principal: PRINCIPAL, bus, controller: ProbeRequests, method: 'take' },
    take: (received) => takeRequests(received, ports),
  });
}
