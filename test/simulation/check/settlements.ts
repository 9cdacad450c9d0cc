import { DECISION_TYPE, type EvolutionRecord, type Settlement } from '@causeway/contracts';
import { gapless, type Evidence, type Told } from './evidence';
import { violation, type Violation } from './violation';

type Settled = Extract<EvolutionRecord, { kind: 'step-settled' }>;

/** W7: a person settles only what is unknown, in their own words, and what follows is what they said. */
export function* settledAsSaid(evidence: Evidence): Iterable<Violation> {
  for (const facts of evidence.told.values()) {
    const known = gapless(facts);
    for (const [i, { fact, index }] of known.entries()) {
      if (fact.kind !== 'step-settled') continue;
      const problem =
        whyNotSaid(fact, index, evidence) ?? whyKnown(fact, known.slice(0, i)) ?? whyOtherwise(fact, known[i + 1]);
      if (problem) yield violation('W7', `step ${fact.step} was settled ${problem}`);
    }
  }
}

/** The decision that a digest names, as far as it settles something; null: it is none. */
export function settlementBehind(digest: string, { byDigest }: Pick<Evidence, 'byDigest'>): Settlement | null {
  const message = byDigest.get(digest)?.message;
  return message?.type === DECISION_TYPE && message.source === '/console' ? (message.data.settle ?? null) : null;
}

/** Whether a person has said that a step took effect; null: nobody did. */
export const isSettledAsApplied = (facts: readonly Told[], step: string, before = Infinity): boolean =>
  facts.some(({ fact, index }) => fact.kind === 'step-settled' && fact.step === step && fact.applied && index < before);

function whyNotSaid(fact: Settled, index: number, { byEvent, byDigest }: Evidence): string | null {
  const line = byEvent.get(fact.decision);
  const said = line && settlementBehind(line.digest, { byDigest });
  if (!line || !said) return 'by no decision that is in the ledger';
  if (line.index > index) return 'before somebody decided';
  return said.step === fact.step && said.applied === fact.applied ? null : 'otherwise than somebody said';
}

function whyKnown({ step, attempt }: Settled, before: readonly Told[]): string | null {
  const last = before.findLast(
    ({ fact }) =>
      'step' in fact &&
      fact.step === step &&
      'attempt' in fact &&
      !(fact.kind === 'step-commanded' && fact.verb === 'look-up'),
  )?.fact;
  if (last?.kind !== 'outcome-unknown') return `after ${last?.kind}, which is known`;
  return last.attempt === attempt ? null : 'for another attempt';
}

function whyOtherwise({ step, attempt, applied }: Settled, next: Told | undefined): string | null {
  const wanted = applied ? 'step-applied' : 'step-not-applied';
  const fact = next?.fact;
  const isSo = fact?.kind === wanted && fact.step === step && fact.attempt === attempt;
  return isSo ? null : `and then came ${fact?.kind}`;
}

/** W7: a sequence goes on with what a person has accepted, and with nothing else. */
export function* resumedAsSaid({ told, byEvent }: Evidence): Iterable<Violation> {
  for (const facts of told.values())
    for (const { fact, index } of facts) {
      if (fact.kind !== 'sequence-resumed') continue;
      const line = byEvent.get(fact.decision);
      const said = line?.message.type === DECISION_TYPE && line.index < index ? line.message.data : null;
      const isSo = said?.verb === 'resume' && [...said.accept].sort().join() === [...fact.accepted].sort().join();
      if (!isSo) yield violation('W7', `a sequence went on otherwise than decision ${fact.decision} says`);
    }
}

/** W7: every decision is answered once: what it says is done, or it is refused with the reason. */
export function* decisionsAreAnswered({ lines, told, scenario }: Evidence): Iterable<Violation> {
  for (const { message } of lines) {
    if (message.type !== DECISION_TYPE) continue;
    const answers = (told.get(message.data.sequenceId) ?? []).filter(({ fact }) => isAnswer(fact, message.id)).length;
    if (answers > 1) yield violation('W7', `decision ${message.id} was answered ${answers} times`);
    if (answers === 0 && scenario.mode === 'liveness')
      yield violation('W7', `decision ${message.id} was never answered`);
  }
}

const isAnswer = (fact: EvolutionRecord, id: string): boolean =>
  ('decision' in fact && fact.decision === id) || (fact.kind === 'input-refused' && fact.input === id);
