import type { MadeByView } from '@causeway/console-api';
import { scopePath, type MadeBy, type PathState } from '@causeway/sequence-core';
import type { FoundMutation } from '../store/mutation-store';
import { actorWords, channelWords } from './words';

/** Mutations by event id: whoever made a step effective. */
export type Makers = ReadonlyMap<string, FoundMutation>;

/** Event ids of the mutations that made a step effective somewhere. */
export function makerIds(state: PathState): string[] {
  const steps = state.planScopes.flatMap((scope) => scopePath(state, scope).steps);
  return [...new Set(steps.flatMap(({ madeBy }) => (madeBy.kind === 'other' ? [madeBy.mutation] : [])))];
}

const NOBODY = { actor: null, channel: null, mutation: null, class: null } as const;

/** Who made a step effective, for people. */
export function madeByView(made: MadeBy, step: string, state: PathState, makers: Makers): MadeByView {
  if (made.kind === 'unknown') return { kind: 'unknown', words: 'nobody known', ...NOBODY, at: null, index: null };
  const index = String(made.ledgerIndex);
  if (made.kind === 'executor') {
    const at = state.steps[step]?.commanded?.at ?? null;
    return { kind: 'executor', words: 'our executor, as ordered', ...NOBODY, at, index };
  }
  const found = makers.get(made.mutation);
  return {
    kind: 'other',
    words: found ? actorWords(found.data) : (made.actor ?? 'somebody unknown'),
    actor: made.actor,
    channel: found ? channelWords(found.data.channel) || null : null,
    mutation: made.mutation,
    class: made.class,
    at: found ? claimedAt(found) : null,
    index,
  };
}

/** When the target says it happened; of a stretch, its end. */
export const claimedAt = ({ data: { happened } }: FoundMutation): string =>
  happened.kind === 'at' ? happened.at : happened.to;
