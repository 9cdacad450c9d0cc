import type { GateView } from '@causeway/console-api';
import { END_GATE } from '@causeway/sequence-core';
import type { Folded } from './folded';
import { reasonWords } from './summary';

/** What each gate waited for and on what it opened, in the order of the plan, the end last. Untouched gates are left out. */
export function gatesOf({ state, gates }: Folded): GateView[] {
  if (state.status !== 'open' && state.status !== 'ended') return [];
  const order = [...state.acceptance.steps.map(({ id }) => id), END_GATE];
  return order.flatMap((id): GateView[] => {
    const story = gates[id];
    if (!story) return [];
    const { heldSince, because, openedAt, evidence } = story;
    const shown = evidence.flatMap(({ step, scopes }) => scopes.map((scope) => ({ step, ...scope })));
    const heldFor = because.length > 0 ? reasonWords(because) : null;
    return [{ gate: id === END_GATE ? null : id, heldSince, heldFor, openedAt, shown }];
  });
}
