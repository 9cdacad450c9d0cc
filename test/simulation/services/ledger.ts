import { allTopics } from '@causeway/contracts';
import { topicIndex, type Door, type EventBus } from '@causeway/messaging';
import { sha256 } from '@causeway/signing';
import { Appender } from '../../../apps/ledger/src/handle/appender';
import { LedgerFigures } from '../../../apps/ledger/src/handle/figures';
import { Generations } from '../../../apps/ledger/src/handle/generations';
import { noteSignerOf } from '../../../apps/ledger/src/handle/ledger-key';
import { LedgerWriter } from '../../../apps/ledger/src/handle/ledger-writer';
import { WriterReplaced } from '../../../apps/ledger/src/handle/ports';
import { RecentIds } from '../../../apps/ledger/src/handle/recent-ids';
import { restoreFrontier } from '../../../apps/ledger/src/handle/restore';
import { Sieve } from '../../../apps/ledger/src/handle/sift';
import { takenTopics } from '../../../apps/ledger/src/handle/taken-topics';
import { Intake } from '../../../apps/ledger/src/inbound/intake';
import { reopen } from '../../../apps/ledger/src/inbound/reopen';
import type { House } from '../house';
import { simSigner, verifyMac } from '../keys';
import type { SimProcess } from '../process';
import { SimLogStore } from './sim-log-store';

export const ORIGIN = 'causeway.simulated/ledger';
const CAUSE_WAIT_MS = 30_000;
const NOTE_WAITING_AFTER_MS = 2_000;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const silent = {
  debug: (): void => undefined,
  info: (): void => undefined,
  warn: (): void => undefined,
  error: (): void => undefined,
};

/** As apps/ledger/src/ledger.module.ts puts it together, without what publishes the log: the rows themselves are read here. */
export async function bootLedger(house: House, process: SimProcess): Promise<void> {
  const { bugs } = house;
  const signer = simSigner('ledger');
  const verifier = bugs.verifier(house.verifier);
  const noteSigner = noteSignerOf(signer, house.verifier, ORIGIN);
  const door: Door = { verifier, topics: topicIndex(allTopics(house.executors)) };
  const bus: EventBus = house.broker.open(process);
  const store = bugs.logStore(new SimLogStore(house.ledger, house, process));
  await untilItsTurn(store);
  const epoch = await store.takeOver();
  const ports = { sha256, verifyEd25519: verifyMac };
  const frontier = await restoreFrontier(store, { ports, keys: [noteSigner], epoch });
  const recent = await recentIds(store, house.dice.chance(0.5) ? 10_000 : 8);
  const figures = new LedgerFigures();
  const clock = { now: () => Date.now(), monotonic: () => performance.now() };
  const common = { ...clock, store, figures, recent, log: silent, pause };
  const making = { sha256, source: '/ledger', origin: ORIGIN, newId: house.newId };
  const publication = { committed: (): void => undefined };
  const appender = new Appender({ ...common, epoch, frontier, sha256, making, noteSigner, publication });
  const sieve = new Sieve(store);
  for (const { topic, partition, offset } of await store.highestPlaces()) sieve.reached(topic, partition, offset);
  const onFatal = (error: Error): void => house.exit(process, error);
  const writer: LedgerWriter = new LedgerWriter({
    ...common,
    ...{ appender, sieve, onFatal, noteWaitingAfterMs: NOTE_WAITING_AFTER_MS },
    waiting: bugs.waiting({ waitMs: CAUSE_WAIT_MS, maxWaiting: 10_000, maxWeight: 1e9 }),
    isTakingIn: () => intake.isReady(),
  });
  writer.restoreWaiting((await store.stillWaiting()).map((waiting) => reopen(waiting, door)));
  const intake: Intake = new Intake({
    ...{ bus, door, signer, topics: takenTopics(house.executors), writer: bugs.ledgerIntake(writer) },
    // Simulated topics are never made anew.
    generations: new Generations({ figures, log: silent, table: { note: () => Promise.resolve([]) } }),
    ...{ ...clock, log: silent, pause, onFatal, holdsBack: () => appender.retrying || writer.isFull },
  });
  writer.start();
  await intake.start();
  void untilReplaced(store, epoch).then(onFatal);
}

/** As Standby and LedgerService do it. */
async function untilItsTurn(store: SimLogStore): Promise<void> {
  while (!(await store.takeSeat().catch(() => false))) await pause(500);
}

async function untilReplaced(store: SimLogStore, epoch: number): Promise<Error> {
  for (;;) {
    await pause(1_000);
    await store.takeSeat().catch(() => false);
    const newest = await store.newestEpoch().catch(() => epoch);
    if (newest > epoch) return new WriterReplaced(`epoch ${epoch} is over`);
  }
}

async function recentIds(store: SimLogStore, capacity: number): Promise<RecentIds> {
  const recent = new RecentIds(capacity);
  const ids = await store.eventIds();
  for (const id of ids.slice(-capacity)) recent.add(id);
  if (ids.length > capacity) recent.markIncomplete();
  return recent;
}
