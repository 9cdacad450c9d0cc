import type { Explanation, Hold, QueuedView, SequenceView } from '@causeway/console-api';

/** What waits for another sequence to leave a conflict key. */

export const isConflict = ({ reason }: Pick<Hold, 'reason'>): boolean => reason === 'conflict';

/** What a gate waits for, as part of a sentence. */
export function conflictPlace({ claim }: SequenceView): string {
  const keys = [...new Set((claim?.behind ?? []).map(({ key }) => key))];
  return `its turn at ${keys.join(', ') || 'its conflict keys'}`;
}

export function conflictUnblocks({ claim }: SequenceView): string {
  const ids = [...new Set((claim?.behind ?? []).map(({ sequenceId }) => sequenceId))];
  return `the end of ${ids.map((id) => `sequence ${id}`).join(' and ')}, which can also be given up: causeway abort`;
}

/** It needs nobody: who is next is decided with the end of who was before. */
export const conflictNext = (queue: readonly QueuedView[]): Explanation['nextCheck'] => ({
  by: 'sequencer',
  words: `it begins by itself when ${queue.length > 1 ? `the ${queue.length} sequences` : 'the sequence'} before it ended`,
});
