import type { Executor, Observer } from '@causeway/executor-sdk';
import type { Clock, HostLog } from '@causeway/host';
import type { Relay } from '@causeway/messaging';
import { createOutboxStore, type Database } from '@causeway/persistence';
import { newEventId, type Signer } from '@causeway/signing';
import { Observing } from './observing';
import { ObservingStore } from './observing-store';
import type { ObserverServices } from './observer-services';

interface Host {
  readonly executor: Executor;
  readonly database: Database;
  readonly relay: Relay;
  readonly signer: Signer;
  readonly lease: { readonly holder: string };
  readonly log: HostLog;
  readonly clock: Clock;
}

/** The observing of the one target that the environment names; null: none. Throws when this executor cannot observe. */
export function openObserving(
  { name, createObserver }: { readonly name: string; createObserver?(services: ObserverServices): Observer },
  target: string | undefined,
  { executor, database, relay, signer, lease, log, clock }: Host,
): Observing | null {
  if (!target) {
    log.info({}, 'observes no target: CAUSEWAY_OBSERVES is not set');
    return null;
  }
  if (!createObserver)
    throw new Error(`CAUSEWAY_OBSERVES is ${target}, but executor-${name} has no observer: leave it out`);
  const now = (): number => clock.now();
  return new Observing({
    ...{ target, history: executor.history, lease, clock, log },
    observer: createObserver({ target, now }),
    store: new ObservingStore(database, target),
    outbox: createOutboxStore(database),
    sealing: { signer, now, newId: newEventId },
    enqueue: (rows) => relay.enqueue(rows),
  });
}
