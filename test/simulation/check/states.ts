import type { EvolutionRecord } from '@causeway/contracts';
import { replay, type SequenceState } from '@causeway/sequence-core';
import { gapless, type Evidence } from './evidence';
import { violation, type Violation } from './violation';

/** I12, I28: the ledger tells the versions without gaps; its replay is the sequencer's own state (at a quiet moment all of it). */
export function* replayIsTheState({ told, ownFacts, scenario }: Evidence): Iterable<Violation> {
  for (const [sequenceId, own] of ownFacts) {
    const facts = told.get(sequenceId) ?? [];
    for (const [i, { version }] of facts.entries())
      if (version !== i + 1)
        return yield violation('I12', `version ${version} of ${sequenceId} where ${i + 1} was next`);
    if (scenario.mode === 'liveness' && facts.length !== own.length)
      yield violation('I28', `${facts.length} of ${own.length} facts of ${sequenceId} are in the ledger`);
    const ours = gapless(facts).map(({ fact }) => fact);
    const theirs = own.slice(0, ours.length);
    if (own.includes(undefined as never)) yield violation('I12', `the stream of ${sequenceId} has holes`);
    else if (!isSame(stateOf(ours), stateOf(theirs)))
      yield violation('I28', `the ledger tells another state of ${sequenceId}`);
  }
  for (const sequenceId of told.keys())
    if (!ownFacts.has(sequenceId))
      yield violation('I28', `the ledger tells of ${sequenceId}, which the sequencer does not know`);
}

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** The state that facts lead to, or why they lead to none. */
export function stateOf(facts: readonly EvolutionRecord[]): SequenceState | string {
  try {
    return replay(facts);
  } catch (error) {
    return String(error);
  }
}

/** What may still be said of a sequence that has ended. */
const AFTERWARDS = new Set(['intent-repeated', 'input-refused', 'mutation-noticed']);

/** I8: nothing moves what has ended. */
export function* theEndIsTheEnd({ told }: Evidence): Iterable<Violation> {
  for (const [sequenceId, facts] of told) {
    const end = gapless(facts).findIndex(({ fact }) => fact.kind === 'sequence-ended');
    const later = end < 0 ? [] : gapless(facts).slice(end + 1);
    for (const { fact } of later)
      if (!AFTERWARDS.has(fact.kind)) yield violation('I8', `${fact.kind} after the end of ${sequenceId}`);
  }
}
