import { Appender } from '../../../apps/ledger/src/handle/appender';
import { CauseRoom } from '../../../apps/ledger/src/handle/cause-room';
import type { Batch } from '../../../apps/ledger/src/handle/ports';
import { Sieve, type Sifted } from '../../../apps/ledger/src/handle/sift';
import type { FaultKind } from '../faults';
import { SimLogStore } from '../services/sim-log-store';
import { changed, patchMethod, type PlantedBug } from './planted-bug';

const LOST_COMMITS: readonly FaultKind[] = ['commit-lost', 'commit-done-answer-lost', 'statement-lost'];
const APART: readonly FaultKind[] = ['fetch-delayed', 'send-done-in-part', 'rebalance'];

const storing =
  (change: (batch: Batch) => Batch): ((real: SimLogStore) => SimLogStore) =>
  (real) =>
    changed(real, { append: (batch: Batch) => real.append(change(batch)) });

const nothingIsUnique = (): (() => void) => patchMethod(SimLogStore, 'mustBeNew', () => () => undefined);

/** The log: order, repetition, accounting, the tree. */
export const LEDGER_BUGS: readonly PlantedBug[] = [
  {
    name: 'causes-are-not-awaited',
    sentence: 'An event is taken although its cause has not come.',
    shownBy: APART,
    patch: () =>
      patchMethod(
        CauseRoom,
        'admit',
        () => (events: readonly object[]) => events.map((event) => ({ event, causeMissing: [] })),
      ),
  },
  {
    name: 'causes-are-hardly-awaited',
    sentence: 'An event waits a millisecond for its cause.',
    shownBy: APART,
    seams: { waiting: (real) => ({ ...real, waitMs: 1 }) },
  },
  {
    name: 'repetitions-get-an-index',
    sentence: 'An event that comes again from another place is appended again.',
    shownBy: ['message-published-again', 'send-done-answer-lost'],
    patch: () => {
      const unique = nothingIsUnique();
      const sift = patchMethod(Sieve, 'sift', (original: (...args: never[]) => Promise<Sifted>) => {
        return async function (...args) {
          const sifted = await original.apply(this, args);
          return { ...sifted, events: [...sifted.events, ...sifted.duplicates], duplicates: [] };
        };
      });
      return () => [unique, sift].forEach((undo) => undo());
    },
  },
  {
    name: 'repetitions-are-not-counted',
    sentence: 'The place of a repetition is in no table.',
    shownBy: ['message-published-again', 'send-done-answer-lost'],
    seams: { logStore: storing((batch) => ({ ...batch, duplicates: [] })) },
  },
  {
    name: 'parked-places-are-not-counted',
    sentence: 'The place of a message that was refused is in no table.',
    shownBy: ['garbage-message'],
    seams: { logStore: storing((batch) => ({ ...batch, parked: [] })) },
  },
  {
    name: 'accepted-on-arrival',
    sentence: 'The ledger lets the offset move before a message is durable.',
    shownBy: ['crash-after-call', 'crash-before-call', 'statement-lost'],
    seams: {
      ledgerIntake: (real) => ({
        take: (arrivals) => {
          void real.take(arrivals);
          return Promise.resolve();
        },
      }),
    },
  },
  {
    name: 'an-unknown-append-is-believed',
    sentence: 'After a lost answer the tree moves on without a look whether the batch is there.',
    shownBy: LOST_COMMITS,
    patch: () => patchMethod(Appender, 'outcomeOf', () => () => Promise.resolve('stored')),
  },
  {
    name: 'an-unknown-append-is-written-again',
    sentence: 'After a lost answer the batch is appended again without a look.',
    shownBy: LOST_COMMITS,
    patch: () => {
      const unique = nothingIsUnique();
      const outcome = patchMethod(Appender, 'outcomeOf', () => () => Promise.resolve('unknown'));
      return () => [unique, outcome].forEach((undo) => undo());
    },
  },
  {
    name: 'who-waited-is-forgotten',
    sentence: 'What waited for a cause when the ledger died is not taken up again.',
    shownBy: [...APART, 'crash-after-call', 'crash-before-call'],
    seams: { logStore: (real) => changed(real, { stillWaiting: () => Promise.resolve([]) }) },
  },
  {
    name: 'an-old-writer-writes-on',
    sentence: 'The epoch of a ledger writer is not compared.',
    shownBy: ['process-pause', 'database-away'],
    patch: () => {
      const appending = patchMethod(SimLogStore, 'append', (original: (batch: Batch) => Promise<void>) => {
        return function (this: SimLogStore, batch) {
          return original.call(this as never, { ...batch, epoch: this.tables.epoch });
        };
      });
      const looking = patchMethod(SimLogStore, 'newestEpoch', () => () => Promise.resolve(0));
      return () => [appending, looking].forEach((undo) => undo());
    },
  },
  {
    name: 'begins-with-an-empty-tree',
    sentence: 'A ledger that starts again does not restore the tree.',
    shownBy: ['crash-after-call', 'crash-before-call'],
    seams: {
      logStore: (real) =>
        changed(real, {
          newestHead: () => Promise.resolve(null),
          headsAfter: () => Promise.resolve([]),
          entries: () => Promise.resolve([]),
        }),
    },
  },
  {
    name: 'a-head-of-the-batch-before',
    sentence: 'The checkpoint that is stored with a batch covers one entry less.',
    shownBy: [],
    seams: {
      logStore: storing((batch) => ({
        ...batch,
        head: batch.head && batch.entries.length > 1 ? { ...batch.head, size: batch.head.size - 1 } : batch.head,
      })),
    },
  },
];
