import { allTopics, type RefusalData } from '@causeway/contracts';
import type { Clock, HostLog } from '@causeway/host';
import { CausewayServer, createKafkaBus, kafkaOptionsFrom, Relay, type EventBus } from '@causeway/messaging';
import { createOutboxStore, openDatabase, type Database } from '@causeway/persistence';
import type { Executor, Observer, StartTimer } from '@causeway/executor-sdk';
import { recordRefusals } from '@causeway/service';
import { loadSigner, loadVerifier, newEventId, type Signer } from '@causeway/signing';
import { ClaimStore } from './claim-store';
import { Hosting } from './hosting';
import { Lease } from './lease';
import { executorMigrations } from './migrations';
import { openObserving } from './observing/open-observing';
import type { Observing } from './observing/observing';
import type { ObserverServices } from './observing/observer-services';
import { recallIn, type Recall } from './recall';
import { ResultWriter } from './result-writer';
import { schemaOf } from './schema-name';
import { Worker } from './worker';

/** Token of the {@link Hosted} parts in the module. */
export const HOSTED = 'causeway:hosted-executor';

/** What every executor's process reads from its environment, besides its own. */
export interface HostConfig {
  readonly DATABASE_URL: string;
  readonly CAUSEWAY_KEY_FILE: string;
  readonly CAUSEWAY_TRUST_FILE: string;
  readonly CAUSEWAY_EXECUTORS: readonly string[];
  /** Name of the target to observe. */
  readonly CAUSEWAY_OBSERVES?: string | undefined;
}

export interface HostedExecutor {
  /** Name in topics, targets and the principal `executor-<name>`. */
  readonly name: string;
  createExecutor(services: { readonly recall: Recall }): Executor;
  createObserver?(services: ObserverServices): Observer;
  /** Default `target`. */
  readonly serialBy?: 'target' | 'sequence';
  /** Most commands under way at once. Default 64. */
  readonly concurrency?: number;
}

export interface Hosted {
  readonly bus: EventBus;
  readonly database: Database;
  readonly relay: Relay;
  readonly server: CausewayServer;
  readonly hosting: Hosting;
  /** null: this process observes nothing. */
  readonly observing: Observing | null;
}

const startTimer: StartTimer = (ms, callback) => {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
};

/** Opens everything in the order in which it is needed; what a crash left is sent and taken over before anything new. */
export async function openHosted(
  executor: HostedExecutor,
  config: HostConfig,
  { log, clock }: { readonly log: HostLog; readonly clock: Clock },
): Promise<Hosted> {
  const signer = signerOf(executor.name, config);
  const topics = allTopics([...new Set([...config.CAUSEWAY_EXECUTORS, executor.name])]);
  const bus = createKafkaBus({ ...kafkaOptionsFrom(process.env), clientId: signer.principal, log });
  const schema = schemaOf(executor.name);
  const database = await openDatabase({ url: config.DATABASE_URL, schema, migrations: executorMigrations });
  const relay = new Relay({ bus, store: createOutboxStore(database), log });
  await relay.start();
  const verifier = loadVerifier(config.CAUSEWAY_TRUST_FILE);
  const server = new CausewayServer({ bus, verifier, signer, topics, groupId: signer.principal, log });
  const lease = new Lease({ database, newId: newEventId, monotonic: () => performance.now() });
  const target = { executor: executor.createExecutor({ recall: recallIn(database) }), database, relay, signer, lease };
  const hosting = hostingOf(executor, target, log);
  await hosting.start();
  const observing = openObserving(executor, config.CAUSEWAY_OBSERVES, { ...target, log, clock });
  observing?.start();
  return { bus, database, relay, server, hosting, observing };
}

interface HostingParts {
  readonly executor: Executor;
  readonly database: Database;
  readonly relay: Relay;
  readonly signer: Signer;
  readonly lease: Lease;
}

function hostingOf(hosted: HostedExecutor, parts: HostingParts, log: HostLog): Hosting {
  const { executor, database, relay, signer, lease } = parts;
  const claims = new ClaimStore(database);
  const results = new ResultWriter({
    database,
    claims,
    outbox: createOutboxStore(database),
    sealing: { signer, now: Date.now, newId: newEventId },
    enqueue: (rows) => relay.enqueue(rows),
    onSettled: ({ claim }, written) => hosting.settled(claim, written),
    onFailure: (error) => log.warn({}, `results not written, again: ${String(error)}`),
    onFatal: (error) => endProcess(error, log),
  });
  const worker = new Worker({
    executor,
    serialBy: hosted.serialBy ?? 'target',
    concurrency: hosted.concurrency ?? 64,
    now: Date.now,
    startTimer,
    mayStart: () => lease.isValid(),
    mayWrite: ({ holder }) => lease.stands(holder),
    onAnswer: (answered) => results.add(answered),
  });
  const onLeaseLost = (lost: string): Promise<void> => tellLeaseLost(lost, parts);
  const hosting = new Hosting({ claims, lease, worker, results, log, onLeaseLost });
  return hosting;
}

async function tellLeaseLost(lost: string, { database, relay, signer, lease }: HostingParts): Promise<void> {
  const sealing = { signer, now: Date.now, newId: newEventId };
  const ports = { database, outbox: createOutboxStore(database), sealing };
  relay.enqueue(await recordRefusals(ports, [leaseLost(lost, lease.holder)]));
}

const leaseLost = (lost: string, next: string): RefusalData => ({
  ...{ sequenceId: null, step: null, tried: 'act' },
  refused: { epoch: null, holder: lost },
  current: { epoch: null, holder: null },
  reason: `the lease was silent too long and others may have its claims; this process goes on as ${next}`,
});

function signerOf(name: string, config: HostConfig): Signer {
  const signer = loadSigner(config.CAUSEWAY_KEY_FILE);
  if (signer.principal === `executor-${name}`) return signer;
  throw new Error(
    `CAUSEWAY_KEY_FILE holds the key of ${signer.principal}, but this process is executor-${name}: give it its own key`,
  );
}

/** A result that cannot be written for another reason than the database's state is a broken invariant. */
function endProcess(error: Error, log: HostLog): void {
  log.fatal({ stack: error.stack }, `results cannot be written: ${error.message}`);
  process.exit(1);
}
