import { DECISION_TYPE, type DecisionData } from '@causeway/contracts';
import { leftOut, type SequenceState } from '@causeway/sequence-core';
import type { Fact } from './account';
import type { EvidenceMessage } from './evidence';
import { Broken } from './order-fault';

/**
 * Whether a step may be ordered in this state as far as operators are concerned. Looking at what was ordered is always allowed.
 * @throws Broken
 */
export function checkCommanded(state: SequenceState, { verb, step }: Fact<'step-commanded'>): void {
  if (verb === 'look-up') return;
  if (state.status !== 'open')
    throw new Broken('commanded-after-end', `step ${step} was ordered though its sequence is ${state.status}`);
  if (state.aborting)
    throw new Broken('commanded-after-abort', `step ${step} was ordered though an operator had aborted the sequence`);
  if (!state.begun)
    throw new Broken('commanded-before-resume', `step ${step} was ordered though its plan starts on resume only`);
  const stopped = Object.entries(state.steps).find(([, one]) => one.phase === 'retry-later' && one.retryAt === null);
  if (stopped)
    throw new Broken(
      'commanded-while-held',
      `step ${step} was ordered while step ${stopped[0]} waited for an operator's decision`,
    );
  const undecided = Object.entries(state.mutations).find(([, { holds }]) => holds);
  if (undecided)
    throw new Broken(
      'commanded-while-held',
      `step ${step} was ordered while mutation ${undecided[0]} waited for an operator's decision`,
    );
}

/**
 * Whether what an operator is said to have decided is an operator's decision before it, and accepts all that holds.
 * @param decisions decisions of this sequence so far, by event id
 * @throws Broken
 */
export function checkDecided(
  state: SequenceState,
  fact: Fact<keyof typeof VERB_OF>,
  decisions: ReadonlyMap<string, DecisionData>,
): void {
  const decision = decisions.get(fact.decision);
  if (!decision)
    throw new Broken('decision-not-recorded-before', `the decision ${fact.decision} is not in the ledger before it`);
  if (decision.verb !== VERB_OF[fact.kind] || decision.reason !== fact.reason || decision.decidedBy !== fact.by)
    throw new Broken('decision-of-another', `the decision ${fact.decision} says otherwise: ${decision.verb}`);
  if (fact.kind === 'sequence-resumed') checkAccepted(state, fact, decision);
  const { settle } = decision;
  if (fact.kind === 'step-settled' && !isAbout(settle, fact))
    throw new Broken('decision-of-another', `the decision ${fact.decision} settles step ${fact.step} otherwise`);
}

const isAbout = (settle: DecisionData['settle'], { step, attempt, applied }: Fact<'step-settled'>): boolean =>
  settle?.step === step && settle.applied === applied && (settle.attempt ?? attempt) === attempt;

const VERB_OF = { 'sequence-resumed': 'resume', 'sequence-aborted': 'abort', 'step-settled': 'settle' } as const;

/**
 * Whether what became of a step by a decision is what the decision says of it.
 * @param cited what the fact cites as its result
 * @throws Broken
 */
export function checkSettled(
  { kind, step }: { readonly kind: string; readonly step: string },
  cited: EvidenceMessage | undefined,
): void {
  if (cited?.type !== DECISION_TYPE) return;
  const { settle } = cited.data;
  if (settle?.step === step && kind === (settle.applied ? 'step-applied' : 'step-not-applied')) return;
  throw new Broken('decision-of-another', `the decision cited for ${kind} of step ${step} says otherwise`);
}

function checkAccepted(state: SequenceState, { accepted }: Fact<'sequence-resumed'>, { accept }: DecisionData): void {
  const given = new Set(accept);
  const invented = accepted.find((id) => !given.has(id));
  if (invented) throw new Broken('decision-of-another', `the decision does not accept mutation ${invented}`);
  const [left] = state.status === 'open' ? leftOut(state, accepted) : [];
  if (left !== undefined)
    throw new Broken('resumed-without-accepting', `the sequence went on though mutation ${left} was not accepted`);
}
