import type { FrozenStep, WatchData } from '@causeway/contracts';
import type { Draft } from './decision';
import type { OpenSequence } from './state';

/**
 * Every step of a sequence is looked at from its acceptance to its end, commanded or not: only who looked before knows what took
 * effect too early. A watch opens no gate.
 */
type WatchedStep = WatchData['steps'][number];

/** Steps that a watch looks at. */
export const watchedSteps = (steps: readonly FrozenStep[]): WatchedStep[] =>
  steps.flatMap(({ id, target, scopes, show }): WatchedStep[] =>
    show?.watched ? [{ step: id, target, probe: show.probe, scopes, expect: show.expect }] : [],
  );

/** Orders the watch that the acceptance names. */
export function orderWatch(draft: Draft<OpenSequence>, sequenceId: string): void {
  const { acceptance, epoch } = draft.state;
  if (acceptance.watch === null) return;
  const data = { sequenceId, epoch, steps: watchedSteps(acceptance.steps) };
  draft.order({ kind: 'watch', id: acceptance.watch, data });
}

export function orderWatchEnd(draft: Draft<OpenSequence>, sequenceId: string): void {
  const { acceptance, epoch } = draft.state;
  if (acceptance.watch === null) return;
  const data = { sequenceId, epoch, watchId: acceptance.watch };
  draft.order({ kind: 'watch-end', id: draft.tools.newId(), data });
}
