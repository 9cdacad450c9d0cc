import { Relay, seal, type Draft, type Sealed } from '@causeway/messaging';
import { createOutboxStore, Seat, type SeatTaken } from '@causeway/persistence';
import { Reporter } from '../../../apps/readiness-prober/src/handle/reporter';
import { takeRequests } from '../../../apps/readiness-prober/src/handle/take-requests';
import { ProbeRequests } from '../../../apps/readiness-prober/src/inbound/probe-requests';
import { Prober } from '../../../apps/readiness-prober/src/probe/prober';
import { openProbes } from '../../../apps/readiness-prober/src/store/open-probes';
import { openWatches } from '../../../apps/readiness-prober/src/store/open-watches';
import { Watcher } from '../../../apps/readiness-prober/src/watch/watcher';
import { recordRefusals, refusalsOf } from '../../../libs/service/src/record-refusal';
import type { House } from '../house';
import { simSigner } from '../keys';
import { never, type SimProcess } from '../process';
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
  const sealing = { signer: simSigner(PRINCIPAL), now: () => Date.now(), newId: house.newId };
  const leaveWord = (error: SeatTaken): Promise<unknown> =>
    recordRefusals({ database, outbox, sealing }, refusalsOf(error)).catch(() => undefined);
  const relay: Relay = new Relay({ bus, store: bugs.outbox(outbox) as never, maySend: () => seat.isFresh() });
  const seat: Seat = new Seat({
    ...{ database, newId: house.newId, onWaiting: () => undefined },
    onTaken: (error) =>
      leaveWord(error)
        .finally(() => house.exit(process, error))
        .then(never),
  });
  await seat.take(() => relay.start());
  const mustHold: Seat['mustHold'] = (tx, attempt) => seat.mustHold(tx, attempt);
  const signer = simSigner(PRINCIPAL);
  const sealer = (drafts: readonly Draft[]): Sealed[] =>
    seal(bugs.readings(drafts), { signer, now: clock.now, newId: house.newId, validate: false });
  const makeLook = bugs.looks(simLooks(house.targets, house, process));
  const sources = { registry: house.registry, makeLook, allowInstant: false };
  const reporter = new Reporter({ database, outbox, relay, mustHold, log: silent, seal: sealer });
  const prober = new Prober({ clock, sources, report: (round) => reporter.report(round) });
  prober.look(await openProbes(database));
  const watcher = new Watcher({ clock, sources, report: (sighted) => reporter.report(sighted) });
  watcher.follow(await openWatches(database));
  const ports = {
    ...{ database, outbox, relay, clock, sources, seal: sealer },
    claimInbox: (...asked: Parameters<Seat['claimInbox']>) => seat.claimInbox(...asked),
    look: (probes: Parameters<Prober['look']>[0]) => prober.look(probes),
    follow: (watches: Parameters<Watcher['follow']>[0]) => watcher.follow(watches),
  };
  await openIntake(house, process, {
    ...{ principal: PRINCIPAL, bus, controller: ProbeRequests, method: 'take' },
    take: (received) => takeRequests(received, ports),
  });
}
