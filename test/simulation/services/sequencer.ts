import { Relay, seal, valueOf } from '@causeway/messaging';
import { createOutboxStore, Seat, type SeatTaken, type Tx } from '@causeway/persistence';
import { sha256Hex } from '@causeway/signing';
import { ClockTicker } from '../../../apps/sequencer/src/handle/clock-ticker';
import { Decider, type DeciderPorts } from '../../../apps/sequencer/src/handle/decider';
import { LastRounds } from '../../../apps/sequencer/src/handle/last-rounds';
import { StateCache } from '../../../apps/sequencer/src/handle/state-cache';
import { admissionFor } from '../../../apps/sequencer/src/inbound/admission';
import { Messages } from '../../../apps/sequencer/src/inbound/messages';
import { dueSequences } from '../../../apps/sequencer/src/store/stream-store';
import { recordRefusals, refusalsOf } from '../../../libs/service/src/record-refusal';
import type { House } from '../house';
import { simSigner } from '../keys';
import { never, type SimProcess } from '../process';
import { openIntake } from './server';

const PRINCIPAL = 'sequencer';

/** As apps/sequencer/src/sequencer.module.ts puts it together. */
export async function bootSequencer(house: House, process: SimProcess): Promise<void> {
  const { bugs } = house;
  const database = house.schema(PRINCIPAL).open(process);
  const bus = house.broker.open(process);
  const outbox = createOutboxStore(database);
  const sealing = { signer: simSigner(PRINCIPAL), now: () => Date.now(), newId: house.newId };
  const leaveWord = (error: SeatTaken): Promise<unknown> =>
    recordRefusals({ database, outbox, sealing }, refusalsOf(error)).catch(() => undefined);
  const relay: Relay = new Relay({ bus, store: bugs.outbox(outbox) as never, maySend: () => seat.isFresh() });
  const seat = new Seat({
    ...{ database, newId: house.newId, onWaiting: () => undefined },
    onTaken: (error) =>
      leaveWord(error)
        .finally(() => house.exit(process, error))
        .then(never),
  });
  await seat.take(() => relay.start());
  const now = (): number => Date.now();
  const signer = simSigner(PRINCIPAL);
  const ports: DeciderPorts = bugs.deciderPorts(
    {
      transaction: (work) => database.transaction(work),
      claimInbox: (tx, ids, attempt) => seat.claimInbox(tx, ids, attempt),
      insertOutbox: (tx: Tx, sealed) => outbox.insert(tx, sealed),
      relay: (rows) => relay.enqueue(rows),
      seal: (drafts) => seal(drafts, { signer, now, newId: house.newId, validate: false }),
      digestOf: (draft) => sha256Hex(valueOf(draft, PRINCIPAL)),
      newId: house.newId,
      now,
    },
    { database, relay, outbox },
  );
  const caches = {
    sequences: new StateCache<never>(100),
    resources: new StateCache<never>(3),
    claims: new StateCache<never>(1),
  };
  const decider = new Decider(ports, bugs.caches(caches), new LastRounds(new Date(now()).toISOString()));
  const ticker = new ClockTicker({
    due: (nowMs, limit) => dueSequences(database, nowMs, limit),
    submit: (items) => decider.decideAll(items),
    now,
    onError: () => undefined,
  });
  ticker.start();
  const messages = new Messages(decider, bugs.registry(house.registry));
  await openIntake(house, process, {
    ...{ principal: PRINCIPAL, bus, admission: admissionFor(house.registry), controller: Messages, method: 'take' },
    take: (received) => messages.take(bugs.sequencerInput(received, caches.sequences)),
  });
}
