import type { QueuedView, SequenceView } from '@causeway/console-api';

/** Ids of the sequences right before one at its conflict keys. */
export const idsBefore = ({ claim }: SequenceView): string[] => [
  ...new Set((claim?.behind ?? []).map(({ sequenceId }) => sequenceId)),
];

/** Those before a sequence, in the order in which they asked. What has ended since is out. */
export function queueOf(before: readonly SequenceView[]): QueuedView[] {
  return before.flatMap((view) => queuedOf(view) ?? []).sort((a, b) => a.turn - b.turn);
}

function queuedOf({ id: sequenceId, key, plan, claim, waitingFor, endedAt }: SequenceView): QueuedView | null {
  if (claim === null || endedAt !== null) return null;
  const { turn, phase, since } = claim;
  const holds = phase === 'held';
  return {
    sequenceId,
    key,
    plan,
    turn,
    holds,
    since,
    words: waitingFor ?? (holds ? 'at work' : 'between two decisions'),
  };
}
