import { Relay } from '@causeway/messaging';
import { createOutboxStore } from '@causeway/persistence';
import { ClaimStore } from '../../../libs/executor-host/src/claim-store';
import { Hosting } from '../../../libs/executor-host/src/hosting';
import { commandsInbox } from '../../../libs/executor-host/src/inbound/commands';
import { Lease } from '../../../libs/executor-host/src/lease';
import { ResultWriter } from '../../../libs/executor-host/src/result-writer';
import { Observing } from '../../../libs/executor-host/src/observing/observing';
import { ObservingStore } from '../../../libs/executor-host/src/observing/observing-store';
import { Worker } from '../../../libs/executor-host/src/worker';
import type { House } from '../house';
import { simSigner } from '../keys';
import type { SimProcess } from '../process';
import { SimExecutor } from '../world/sim-executor';
import { SimObserver } from '../world/sim-observer';
import type { SimTarget } from '../world/sim-target';
import { openIntake } from './server';

const silent = { info: (): void => undefined, warn: (): void => undefined };

/** As libs/executor-host/src/hosted.ts puts it together, for one simulated target that bears the executor's name. */
export async function bootExecutor(house: House, process: SimProcess, name: string): Promise<void> {
  const { bugs } = house;
  const principal = `executor-${name}`;
  const database = bugs.executorDatabase(house.schema(principal).open(process));
  const bus = house.broker.open(process);
  const outbox = createOutboxStore(database);
  const relay = new Relay({ bus, store: bugs.outbox(outbox) as never });
  await relay.start();
  const lease = bugs.lease(new Lease({ database, newId: house.newId, monotonic: () => performance.now() }));
  const claims = bugs.claims(new ClaimStore(database));
  const now = (): number => Date.now();
  const clock = { now, monotonic: () => performance.now() };
  const sealing = { signer: simSigner(principal), now, newId: house.newId, validate: false };
  const results: ResultWriter = new ResultWriter({
    ...{ database, claims, outbox, sealing },
    enqueue: (rows) => relay.enqueue(rows),
    onSettled: ({ claim }, written) => hosting.settled(claim, written),
    onFailure: () => undefined,
    onFatal: (error) => house.exit(process, error),
  });
  const target = house.targets.get(name) as SimTarget;
  const worker = new Worker({
    executor: bugs.executor(new SimExecutor(target, house, process)),
    ...{ serialBy: house.scenario.serialBy, concurrency: 64, now },
    startTimer: (ms, callback) => {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
    mayStart: () => lease.isValid(),
    mayWrite: ({ holder }) => lease.stands(holder),
    onAnswer: (answered) => results.add(bugs.answered(answered)),
  });
  const onLeaseLost = (): Promise<void> => Promise.resolve();
  const hosting: Hosting = new Hosting({ claims, lease, worker, results, log: silent, onLeaseLost });
  await hosting.start();
  if (house.scenario.isObserved)
    new Observing({
      ...{ target: name, history: 'ordered-ids', observer: new SimObserver(target, house, process) },
      ...{ store: new ObservingStore(database, name), lease, outbox, sealing, clock, log: silent },
      enqueue: (rows) => relay.enqueue(rows),
    }).start();
  await openIntake(house, process, {
    ...{ principal, bus, controller: commandsInbox(name), method: 'take' },
    take: (received) => hosting.take(received),
  });
}
