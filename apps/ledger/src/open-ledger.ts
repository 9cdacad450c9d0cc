import { allTopics } from '@causeway/contracts';
import type { Clock, HostLog } from '@causeway/host';
import { signCheckpoint } from '@causeway/ledger-core';
import { createKafkaBus, kafkaOptionsFrom, topicIndex, untilBroker, type Door } from '@causeway/messaging';
import { openDatabase } from '@causeway/persistence';
import { loadSigner, loadVerifier, newEventId, sha256, verifierOfRecorded, verifyBytes } from '@causeway/signing';
import { setTimeout as pause } from 'node:timers/promises';
import type { LedgerConfig } from './config';
import { Appender } from './handle/appender';
import type { CauseRoomLimits } from './handle/cause-room';
import { makeExportHeader, topicsEver } from './handle/export-header';
import { LedgerFigures } from './handle/figures';
import { Generations } from './handle/generations';
import { ledgerKeysIn, noteSignerOf } from './handle/ledger-key';
import { LedgerWriter } from './handle/ledger-writer';
import type { Head } from './handle/ports';
import { Publisher, type PublisherOptions } from './handle/publisher';
import { RecentIds } from './handle/recent-ids';
import { restoreFrontier } from './handle/restore';
import { Sieve } from './handle/sift';
import { takenTopics } from './handle/taken-topics';
import { Intake } from './inbound/intake';
import { reopen } from './inbound/reopen';
import { GenerationTable } from './store/generation-table';
import { PostgresLogStore } from './store/log-store';
import { ledgerMigrations, SCHEMA } from './store/migrations';
import { highestPlaces, stillWaiting } from './store/places-table';
import { PublishedTable } from './store/published-table';
import { mustOnlyInsertAndSelect } from './store/roles';
import { holderName, takeOver } from './store/writer-table';

/** Bytes of waiting events above which partitions that run ahead are left to pause; they add at the most what they have in flight. */
const MAX_WAITING_BYTES = 256 * 1024 * 1024;
/** Short enough that no watchdog takes a waiting event for a dead consumer. */
const NOTE_WAITING_AFTER_MS = 2_000;

export interface LedgerPorts {
  readonly log: HostLog;
  readonly clock: Clock;
  onFatal(error: Error): void;
  /** The process ends: what waits for the broker need not wait any more. */
  isStopping(): boolean;
}

/** Keys and connections: all that can be had before it is this process's turn. */
export async function connectLedger(config: LedgerConfig, log: HostLog) {
  const signer = loadSigner(config.CAUSEWAY_KEY_FILE);
  const verifier = loadVerifier(config.CAUSEWAY_TRUST_FILE);
  const noteSigner = noteSignerOf(signer, verifier, config.CAUSEWAY_ORIGIN);
  const topics = allTopics(config.CAUSEWAY_EXECUTORS);
  const door: Door = { verifier, topics: topicIndex(topics) };
  const database = await openDatabase({
    url: config.DATABASE_URL,
    schema: SCHEMA,
    migrations: ledgerMigrations,
    migrate: false,
  });
  await mustOnlyInsertAndSelect(database);
  const bus = createKafkaBus({ ...kafkaOptionsFrom(process.env), clientId: signer.principal, log });
  return { signer, verifier, noteSigner, topics, door, database, bus, store: new PostgresLogStore(database) };
}
export type Connected = Awaited<ReturnType<typeof connectLedger>>;

/** Everything that runs, put together and ready to start. Takes the log over from whoever wrote it before. */
export async function openLedger(connected: Connected, config: LedgerConfig, around: LedgerPorts) {
  const { signer, verifier, noteSigner, door, database, bus, store } = connected;
  const { log, clock, onFatal } = around;
  const { CAUSEWAY_ORIGIN: origin, CAUSEWAY_EXECUTORS: executors } = config;
  const epoch = await takeOver(database, holderName());
  const frontier = await restoreFrontier(store, {
    ports: { sha256, verifyEd25519: verifyBytes },
    keys: ledgerKeysIn(verifier, origin),
    epoch,
  });
  const recent = await recentIds(store, config.LEDGER_RECENT_EVENTS);
  const figures = new LedgerFigures();
  const ports = { log, figures, now: clock.now, monotonic: clock.monotonic, pause, newId: newEventId };
  const publisher = publisherOf(connected, config, ports);
  const making = { sha256, source: `/${signer.principal}`, origin, newId: newEventId };
  const extending = { epoch, frontier, making, noteSigner, recent, sha256 };
  const appender = new Appender({ ...ports, ...extending, store, publication: publisher });
  const topics = takenTopics(executors);
  const writer: LedgerWriter = new LedgerWriter({
    ...ports,
    store,
    appender,
    recent,
    sieve: await sieveOver(connected, topics, around),
    waiting: waitingLimits(config),
    noteWaitingAfterMs: NOTE_WAITING_AFTER_MS,
    isTakingIn: () => intake.isReady(),
    onFatal,
  });
  const before = doorOfRecorded(connected, executors);
  writer.restoreWaiting((await stillWaiting(database)).map((waiting) => reopen(waiting, before)));
  const holdsBack = (): boolean => appender.retrying || writer.isFull;
  const generations = new Generations({ log, figures, table: new GenerationTable(database) });
  const intake: Intake = new Intake({ ...ports, bus, door, signer, topics, generations, writer, holdsBack, onFatal });
  log.info({ epoch, size: frontier.size, origin }, 'the log is taken over');
  return { epoch, intake, writer, publisher, figures };
}
export type Ledger = Awaited<ReturnType<typeof openLedger>>;

/** What waits in the tables was taken when its key and its topic were good. */
const doorOfRecorded = ({ verifier }: Connected, executors: readonly string[]): Door => ({
  verifier: verifierOfRecorded(verifier),
  topics: topicIndex(topicsEver(executors, verifier.keys)),
});

const waitingLimits = (config: LedgerConfig): CauseRoomLimits => ({
  waitMs: config.LEDGER_CAUSE_WAIT_MS,
  maxWaiting: config.LEDGER_MAX_WAITING,
  maxWeight: MAX_WAITING_BYTES,
});

function publisherOf(
  { bus, signer, store, database, noteSigner, verifier }: Connected,
  { CAUSEWAY_ORIGIN: origin, CAUSEWAY_EXECUTORS: executors }: LedgerConfig,
  ports: Pick<PublisherOptions, 'figures' | 'log' | 'now' | 'newId' | 'pause'>,
): Publisher {
  const exportHeader = makeExportHeader(noteSigner, verifier.keys, executors, sha256);
  const noteOf = ({ size, root }: Head): string => signCheckpoint(sha256, { origin, size, root }, noteSigner);
  const position = new PublishedTable(database);
  return new Publisher({ ...ports, bus, signer, store, origin, noteOf, exportHeader, position });
}

async function recentIds(store: PostgresLogStore, capacity: number): Promise<RecentIds> {
  const recent = new RecentIds(capacity);
  const { ids, all } = await store.recentEvents(capacity);
  for (const id of ids) recent.add(id);
  if (!all) recent.markIncomplete();
  return recent;
}

async function sieveOver(
  { database, store, bus }: Connected,
  topics: readonly string[],
  { log, isStopping }: LedgerPorts,
): Promise<Sieve> {
  const sieve = new Sieve(store);
  const marks = await untilBroker(() => bus.watermarks(topics), {
    ...{ log, what: 'the places on the topics cannot be asked for', isClosed: isStopping },
  });
  const partitions = [...marks].flatMap(([topic, ofTopic]) => ofTopic.map(({ partition }) => ({ topic, partition })));
  for (const { topic, partition, offset } of await highestPlaces(database, partitions))
    sieve.reached(topic, partition, offset);
  return sieve;
}

/** In order: what came before is published, the loop runs, then messages come in. */
export async function startLedger({ publisher, writer, intake }: Ledger): Promise<void> {
  await publisher.start();
  writer.start();
  await intake.start();
}
