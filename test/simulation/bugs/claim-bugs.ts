import type { AheadAtKey } from '@causeway/contracts';
import { ClaimBook, type ClaimedKey } from '@causeway/sequence-core';
import type { Tx } from '@causeway/persistence';
import { changed, patchMethod, type PlantedBug } from './planted-bug';

type Ahead = (sequenceId: string, keys: readonly ClaimedKey[]) => AheadAtKey[];

/** A transaction that sees no open sequences when it is asked for all of them. */
const withoutOpenOnes = (tx: Tx): Tx =>
  changed(tx, {
    query: ((sql: string, values: unknown[], name?: string) =>
      name === 'open-heads' ? Promise.resolve([]) : tx.query(sql, values, name)) as Tx['query'],
  });

/** Who may act on what while others do. */
export const CLAIM_BUGS: readonly PlantedBug[] = [
  {
    name: 'keys-are-always-free',
    sentence: 'A sequence takes its conflict keys without looking who has them.',
    shownBy: [],
    patch: () => patchMethod<Ahead>(ClaimBook, 'ahead', () => () => []),
  },
  {
    name: 'only-the-first-key-counts',
    sentence: 'A sequence looks only at the first of its conflict keys.',
    shownBy: [],
    patch: () =>
      patchMethod<Ahead>(ClaimBook, 'ahead', (original) => {
        return function (this: ClaimBook, sequenceId, keys) {
          return original.call(this, sequenceId, keys.slice(0, 1)) as AheadAtKey[];
        } as (this: never, ...args: Parameters<Ahead>) => AheadAtKey[];
      }),
  },
  {
    name: 'nobody-moves-up',
    sentence: 'When a sequence ends, those behind it at its conflict keys are not told.',
    shownBy: [],
    patch: () => patchMethod(ClaimBook, 'behind', () => () => []),
  },
  {
    name: 'line-lost-at-a-restart',
    sentence: 'A sequencer that begins knows only of what is decided from then on who has which conflict key.',
    shownBy: ['crash-before-call', 'crash-after-call'],
    seams: {
      deciderPorts: (real) => ({ ...real, transaction: (work) => real.transaction((tx) => work(withoutOpenOnes(tx))) }),
    },
  },
];
