import type { PlanDocument } from '@causeway/contracts';
import { ABSENT, evolve, type SequenceState } from '@causeway/sequence-core';
import { ClaimRules } from '../../../apps/cli/src/verify/claim-rules';
import { Broken } from '../../../apps/cli/src/verify/order-fault';
import { gapless, type Evidence } from './evidence';
import { plannedSteps, stepOfAttempt } from './plan-of';
import { violation, type Violation } from './violation';

/**
 * I5: in the world, two sequences with a common conflict key do not write in each other's time: all writes of one left before the first
 * of the other. What an executor sends that was replaced meanwhile is told as a doubt elsewhere, and is not held against the order.
 */
export function* sequencesKeepApart(evidence: Evidence): Iterable<Violation> {
  const spans = [...spansOf(evidence)];
  for (const [i, one] of spans.entries())
    for (const other of spans.slice(i + 1)) {
      const overlaps = one.from < other.until && other.from < one.until;
      if (overlaps && one.keys.some((key) => other.keys.includes(key)))
        yield violation('I5', `${one.sequenceId} and ${other.sequenceId} interleave, and share a conflict key`);
    }
}

interface Span {
  readonly sequenceId: string;
  readonly keys: readonly string[];
  readonly from: number;
  readonly until: number;
}

function* spansOf(evidence: Evidence): Iterable<Span> {
  for (const sequenceId of evidence.intents.keys()) {
    const sent = evidence.journal.flatMap((entry) =>
      entry.kind === 'write' && entry.attemptId !== null && stepOfAttempt(entry.attemptId).sequenceId === sequenceId
        ? entry.sentAt
        : [],
    );
    const keys = keysOf(evidence, sequenceId);
    if (sent.length > 0) yield { sequenceId, keys, from: Math.min(...sent), until: Math.max(...sent) };
  }
}

/** Read from the plan anew: nothing of it comes from the sequencer. */
function keysOf(evidence: Evidence, sequenceId: string): string[] {
  const plan = evidence.intents.get(sequenceId)?.plan as unknown as PlanDocument;
  const resources = plannedSteps(evidence, sequenceId).map((one) => `${one.target} ${one.capability} ${one.resource}`);
  return [...resources, ...(plan.spec.conflictKeys ?? [])];
}

/** I5 again, in the ledger: the offline verifier finds every key with one holder at a time. */
export function* keysAreTakenInTurn({ told, lines }: Evidence): Iterable<Violation> {
  const rules = new ClaimRules();
  const recordedAt = lines.at(-1)?.message.time ?? '';
  try {
    for (const [sequenceId, facts] of told) {
      let state: SequenceState = ABSENT;
      for (const { fact, index } of gapless(facts)) {
        state = evolve(state, fact);
        rules.takeFact(sequenceId, fact, state, { index, recordedAt });
      }
    }
    const fault = rules.firstFault(recordedAt);
    if (fault) yield violation('I5', `${fault.code}: ${fault.message}`);
  } catch (error) {
    yield violation('I5', error instanceof Broken ? `${error.code}: ${error.message}` : String(error));
  }
}
