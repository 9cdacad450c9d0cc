import type { Explanation, GateView, SequenceView, WaitingItem } from '@causeway/console-api';
import type { Owners } from './mutations';

type Reason = Explanation['because'][number];

/**
 * What an open sequence waits for: one item for each thing that somebody has to bring about. A mutation that holds several gates is one.
 * @param owner team of the plan
 */
export function waitingOf(
  view: SequenceView,
  explanation: Explanation,
  gates: readonly GateView[],
  owner: string,
  owners: Owners,
): WaitingItem[] {
  const { id: sequenceId, key, plan, status, diverged } = view;
  const base = { sequenceId, key, plan, owner, status, diverged };
  const { because, summary, since, nextCheck } = explanation;
  if (because.length === 0) {
    const who = nextCheck?.by ?? 'the sequencer';
    const unblocks = nextCheck?.words ?? 'the sequencer decides';
    return [{ ...base, step: null, since, words: summary, unblocks, who, index: view.asOf }];
  }
  return distinct(because).map((reason) => ({
    ...base,
    step: reason.gate,
    since: reason.since,
    words: reason.words,
    unblocks: reason.unblocks,
    who: whoOf(reason, view, owners),
    index: reason.index ?? gates.find(({ gate }) => gate === reason.gate)?.heldIndex ?? null,
  }));
}

/** The first reason of each kind of words: gates that wait for the same thing wait once. */
const distinct = (because: readonly Reason[]): Reason[] =>
  [...new Map([...because].reverse().map((reason) => [reason.words, reason])).values()].reverse();

/** With the team that owns what is missing, where it is told. */
function whoOf({ who, step: id, member }: Reason, view: SequenceView, owners: Owners): string {
  const target = view.steps.find((step) => step.id === id)?.target;
  const owner = target === undefined ? undefined : owners.get(target);
  return member !== null && owner !== undefined ? `${owner} (${who})` : who;
}
