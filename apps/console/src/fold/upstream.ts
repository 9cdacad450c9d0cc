import type { UpstreamItem } from '@causeway/console-api';
import { scopePath, type PathState } from '@causeway/sequence-core';
import type { FoundMutation } from '../store/mutation-store';
import { claimedAt, madeByView, type Makers } from './made-by';
import { actorWords, clock } from './words';

/** Ids of the steps that this target's steps need, through others too. */
export function upstreamSteps({ order, steps }: PathState, target: string): string[] {
  const wanted = new Set<string>();
  const add = (id: string): void => {
    for (const need of steps[id]?.needs ?? []) {
      if (!wanted.has(need)) add(need);
      wanted.add(need);
    }
  };
  order.filter((id) => steps[id]?.target === target).forEach(add);
  return order.filter((id) => wanted.has(id));
}

/** Where steps became effective, or ceased to be, in [from, to): every stretch, once per scope. */
export function effectiveItems(state: PathState, ids: readonly string[], makers: Makers): UpstreamItem[] {
  const seen = new Set<string>();
  return state.planScopes.flatMap((planScope) =>
    scopePath(state, planScope).steps.flatMap((step): UpstreamItem[] => {
      const place = `${step.step}/${step.scope}`;
      if (!ids.includes(step.step) || seen.has(place)) return [];
      seen.add(place);
      const made = madeByView(step.madeBy, step.step, state, makers);
      const base = {
        ...{ target: step.target, step: step.step, scope: step.scope, sequenceId: state.sequenceId, resource: null },
        ...{ class: made.class, explained: made.kind === 'executor', by: made.words },
      };
      return step.spans.flatMap(({ from, to }): UpstreamItem[] => {
        const began: UpstreamItem = {
          ...{ ...base, what: 'effective', at: from.seenAt, notBefore: from.notBefore },
          words: `${step.step} became effective in ${step.scope} (${step.target}), by ${made.words}`,
          index: lookIndex(state, step.step, step.scope, from.seenAt, step.ledgerIndex),
        };
        if (!to) return [began];
        const ended: UpstreamItem = {
          ...{ ...base, what: 'no-longer-effective', at: to.seenAt, notBefore: to.notBefore },
          words: `${step.step} was no longer effective in ${step.scope} (${step.target})`,
          index: lookIndex(state, step.step, step.scope, to.seenAt, step.ledgerIndex),
        };
        return [began, ended];
      });
    }),
  );
}

/** Ledger entry of the look that was answered at that moment. */
function lookIndex(state: PathState, step: string, scope: string, seenAt: string, otherwise: number): string {
  const looks = Object.values(state.steps[step]?.looks[scope] ?? {}).flat();
  const found = looks.filter((look) => look.seenAt === Date.parse(seenAt)).map(({ index }) => index);
  return String(found.length > 0 ? Math.max(...found) : otherwise);
}

/** How far a target's clock may be from ours before its own time is told besides ours, milliseconds. */
const CLAIM_DIFFERS_MS = 5_000;

/**
 * A mutation among what changed. Its place in the order is when the observer saw it: the target's own clock may be wrong, so what it
 * claims is told, and orders nothing.
 */
export function mutationChange(found: FoundMutation, explained: boolean): UpstreamItem {
  const { data, classified, index } = found;
  const claimed = claimedAt(found);
  const differs = Math.abs(Date.parse(claimed) - Date.parse(data.observedAt)) > CLAIM_DIFFERS_MS;
  const verb = data.effect === 'set' ? 'changed' : 'removed';
  const its = classified ? ` (${classified.class})` : ' (not classed yet)';
  return {
    ...{ at: data.observedAt, notBefore: null, what: 'mutation', target: data.target },
    ...{ step: classified?.match?.step ?? null, sequenceId: classified?.match?.sequenceId ?? null },
    scope: data.scopes?.length === 1 ? (data.scopes[0]?.scope ?? null) : null,
    ...{ resource: data.resource, class: classified?.class ?? null, explained, by: actorWords(data) },
    words: `${data.resource} at ${data.target} ${verb} by ${actorWords(data)}${its}${differs ? `; the target says at ${clock(claimed)}` : ''}`,
    index: String(index),
  };
}
