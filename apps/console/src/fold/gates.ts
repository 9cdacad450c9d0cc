import type { GateView } from '@causeway/console-api';
import { END_GATE, own } from '@causeway/sequence-core';
import type { Folded } from './folded';
import { reasonWords } from './summary';

/**
 * What each gate waited for and on what it opened, in the order of the plan, the end last. Untouched gates are left out.
 * @param indexOf ledger index by event id, of what {@link evidenceEvents} names
 */
export function gatesOf({ state, gates, citedFrom }: Folded, indexOf: ReadonlyMap<string, number>): GateView[] {
  if (state.status !== 'open' && state.status !== 'ended') return [];
  const order = [...state.acceptance.steps.map(({ id }) => id), END_GATE];
  return order.flatMap((id): GateView[] => {
    const story = own(gates, id);
    if (!story) return [];
    const { heldSince, because, openedAt, evidence, heldIndex, openedIndex } = story;
    const shown = evidence.flatMap(({ step, scopes }) =>
      scopes.map((scope) => ({ step, ...scope, index: placeOf(indexOf.get(citedFrom[scope.evidence] ?? '')) })),
    );
    const heldFor = because.length > 0 ? reasonWords(because) : null;
    const places = { heldIndex: placeOf(heldIndex), openedIndex: placeOf(openedIndex) };
    return [{ gate: id === END_GATE ? null : id, heldSince, heldFor, openedAt, ...places, shown }];
  });
}

const placeOf = (index: number | null | undefined): string | null =>
  index === null || index === undefined ? null : String(index);

/** Event ids of everything that a gate opened on. */
export const evidenceEvents = ({ gates, citedFrom }: Folded): string[] => [
  ...new Set(
    Object.values(gates).flatMap(({ evidence }) =>
      evidence.flatMap(({ scopes }) => scopes.flatMap((shown) => citedFrom[shown.evidence] ?? [])),
    ),
  ),
];
