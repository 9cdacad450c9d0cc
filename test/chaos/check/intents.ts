import type { Acknowledged } from '../load/driver';
import { factsOf, type Evidence } from './evidence';
import type { Violation } from './violation';

/** Every intent that somebody was told is taken is in the ledger, and came to an end. */
export function* intentsAreKept({ acknowledged, told }: Evidence): Iterable<Violation> {
  for (const { key, sequenceId, way } of acknowledged) {
    const sequence = told.get(sequenceId);
    const { length: accepted } = factsOf(sequence, 'sequence-accepted');
    if (!sequence || accepted + factsOf(sequence, 'intent-rejected').length === 0)
      yield { kind: 'lost', detail: `${key} was acknowledged over ${way} and is not in the ledger`, sequenceId };
    else if (accepted > 1)
      yield {
        kind: 'accepted-twice',
        detail: `${key} was accepted ${accepted} times`,
        sequenceId,
        facts: sequence.facts,
      };
    else if (endOf(sequenceId, told) === null)
      yield { kind: 'not-ended', detail: `${key} has come to no end`, sequenceId, facts: sequence.facts };
  }
}

/** How the acknowledged ones ended, counted. */
export function endsOf({ acknowledged, told }: Evidence): Record<string, number> {
  const ends: Record<string, number> = {};
  for (const { sequenceId } of acknowledged as readonly Acknowledged[]) {
    const end = endOf(sequenceId, told) ?? 'open';
    ends[end] = (ends[end] ?? 0) + 1;
  }
  return ends;
}

function endOf(sequenceId: string, told: Evidence['told']): string | null {
  const sequence = told.get(sequenceId);
  if (factsOf(sequence, 'intent-rejected').length > 0) return 'rejected';
  return factsOf(sequence, 'sequence-ended')[0]?.outcome ?? null;
}
