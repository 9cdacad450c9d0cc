import { CausewayServer, Relay, type OutboxRow, type OutboxStore, type RawMessage } from '@causeway/messaging';
import { Lane } from '../../../libs/messaging/src/lane';
import { SimGroup } from '../kafka/sim-group';
import { changed, patchMethod, type PlantedBug } from './planted-bug';

/** Relay, consumer, door: how messages travel. */
export const MESSAGING_BUGS: readonly PlantedBug[] = [
  {
    name: 'failed-send-counts-as-sent',
    sentence: 'A send that failed is not repeated.',
    shownBy: ['send-lost', 'send-done-in-part', 'broker-away'],
    patch: () =>
      patchMethod(Relay, 'attempt', (original: (rows: unknown) => Promise<unknown>) => {
        return async function (rows) {
          await original.call(this, rows);
          return null;
        };
      }),
  },
  {
    name: 'row-deleted-before-the-acknowledgement',
    sentence: 'The outbox forgets a message when it is queued, not when the broker has it.',
    shownBy: ['crash-after-call', 'crash-before-call', 'broker-away'],
    patch: () =>
      patchMethod(Relay, 'enqueue', (original: (rows: readonly OutboxRow[]) => void) => {
        return function (this: { options: { store: OutboxStore } }, rows) {
          void this.options.store.deleteSent(rows.map(({ place }) => place)).catch(() => undefined);
          original.call(this, rows);
        };
      }),
  },
  {
    name: 'nothing-is-swept',
    sentence: 'What a crash left in the outbox is never sent.',
    shownBy: ['crash-after-call', 'crash-before-call', 'commit-done-answer-lost'],
    seams: { outbox: (real) => changed(real, { pending: () => Promise.resolve([]) }) },
  },
  {
    name: 'offset-moves-on-receipt',
    sentence: 'The consumer commits what it was handed before the handler is done.',
    shownBy: ['crash-after-call', 'crash-before-call'],
    patch: () =>
      patchMethod(CausewayServer, 'take', (original: (batch: RawMessage[]) => { accepted: Promise<void> }) => {
        return function (batch) {
          original.call(this, batch);
          return { accepted: Promise.resolve() };
        };
      }),
  },
  {
    name: 'failed-batch-is-skipped',
    sentence: 'A handler that fails is not called again with the same messages.',
    shownBy: ['statement-lost', 'commit-lost', 'database-away', 'deadlock'],
    patch: () =>
      patchMethod(Lane, 'callUntilDone', () => {
        return async function (this: { options: { handle(received: unknown): Promise<unknown> } }, received: never) {
          await this.options.handle(received).catch(() => undefined);
          return true;
        };
      }),
  },
  {
    name: 'signatures-are-not-checked',
    sentence: 'Whoever writes a name into the header is believed.',
    shownBy: ['garbage-message', 'forged-result'],
    seams: {
      verifier: (real) => ({
        ...real,
        verify: (header, value) => {
          const principal = /^\{"id":"[^"]*","type":"[^"]*","source":"\/([a-z0-9-]+)"/.exec(String(value))?.[1];
          return principal ? { ok: true, principal, keyId: `${principal}/1` } : real.verify(header, value);
        },
      }),
    },
  },
  {
    name: 'begins-at-the-end',
    sentence: 'A consumer without a committed offset begins with what comes next.',
    shownBy: ['crash-before-call', 'offset-commit-lost', 'rebalance'],
    patch: () =>
      patchMethod(
        SimGroup,
        'begin',
        (original: (place: { topic: string; partition: number }, member: unknown) => void) => {
          return function (this: SimGroup, place, member) {
            const name = `${place.topic}/${place.partition}`;
            if (!this.committed.has(name)) this.committed.set(name, this.endOf(place));
            original.call(this as never, place, member);
          };
        },
      ),
  },
];
