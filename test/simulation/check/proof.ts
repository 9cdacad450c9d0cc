import {
  COMMAND_TYPE,
  DECISION_TYPE,
  READING_TYPE,
  RESULT_TYPE,
  type EvolutionRecord,
  type ScopeShown,
} from '@causeway/contracts';
import { EPOCH_MS } from '../time/timers';
import { OBSERVED_PREFIX } from '../world/sim-looks';
import type { Evidence, Line, Told } from './evidence';
import { firstStored } from './log';
import { plannedSteps, type PlannedStep } from './plan-of';
import { isSettledAsApplied, settlementBehind } from './settlements';
import { violation, type Violation } from './violation';

type GateOpened = Extract<EvolutionRecord, { kind: 'gate-opened' }>;

/** I2: what a gate cites is in the ledger, before it, and shows every declared member of every scope, often enough in a row. */
export function* gatesCiteEvidence(evidence: Evidence): Iterable<Violation> {
  for (const [sequenceId, facts] of evidence.told) {
    const steps = plannedSteps(evidence, sequenceId);
    for (const { fact, index } of facts) {
      if (fact.kind !== 'gate-opened') continue;
      for (const cited of fact.evidence) yield* weakness(cited, steps, index, evidence, facts);
    }
  }
}

function* weakness(
  { step, scopes }: GateOpened['evidence'][number],
  steps: readonly PlannedStep[],
  index: number,
  evidence: Evidence,
  facts: readonly Told[],
): Iterable<Violation> {
  const planned = steps.find(({ id }) => id === step);
  if (!planned) return yield violation('I2', `a gate cites ${step}, which the plan does not have`);
  for (const { scope, members } of planned.scopes) {
    const shown = scopes.find((one) => one.scope === scope);
    const line = shown && evidence.byDigest.get(shown.evidence);
    if (!shown || !line) yield violation('I2', `a gate cites nothing that is in the ledger for ${step} in ${scope}`);
    else if (line.index > index) yield violation('I2', `a gate cites what came after it for ${step} in ${scope}`);
    else yield* ofScope(planned, { ...shown, members }, line, facts);
  }
}

function* ofScope(
  step: PlannedStep,
  { scope, members }: ScopeShown & { readonly members: readonly string[] },
  { message, index }: Line,
  facts: readonly Told[],
): Iterable<Violation> {
  if (step.rung === 'accepted') {
    const isResult = message.type === RESULT_TYPE && message.data.outcome.kind !== 'unknown';
    const isSaid = message.type === DECISION_TYPE && message.data.settle?.applied && isSettledAsApplied(facts, step.id);
    if (!isResult && !isSaid) yield violation('I2', `a gate cites no result for ${step.id}`);
    return;
  }
  if (message.type !== READING_TYPE) return yield violation('I2', `a gate cites a ${message.type} for ${step.id}`);
  const newest = facts.findLast(
    ({ fact, index: at }) => at < index && fact.kind === 'probe-requested' && fact.step === step.id,
  )?.fact;
  const asked = newest?.kind === 'probe-requested' && newest.probeId === message.data.probeId;
  if (!asked || message.data.step !== step.id)
    yield violation('I2', `the reading for ${step.id} answers another request`);
  for (const member of members) {
    const reading = message.data.readings.find((one) => one.scope === scope && one.member === member);
    const value = reading?.outcome.kind === 'observed' ? reading.outcome.values[OBSERVED_PREFIX + step.resource] : null;
    if (value !== step.value)
      yield violation('I2', `a gate opened on ${step.id} although ${member} showed ${String(value)}`);
    else if ((reading?.streak ?? 0) < step.consecutive)
      yield violation('I2', `${member} showed ${step.id} too few times in a row`);
  }
}

/**
 * W2: what the prober reports was so in the world at some moment between when it says that it began to look and the report: nothing is
 * made up, and nothing remembered from before.
 */
export function* readingsAreTrue({ lines, journal, topics }: Evidence): Iterable<Violation> {
  const shown = shownAt(journal);
  const stored = firstStored(topics);
  for (const { message } of lines) {
    if (message.type !== READING_TYPE) continue;
    const { target, probeId, readings, sinceAskedMs = 0 } = message.data;
    const look = { fromMs: (stored.get(probeId) ?? 0) + sinceAskedMs, toMs: stored.get(message.id) ?? Infinity };
    if (look.fromMs > look.toMs) yield violation('W2', `a reading tells of looks that began after it was told`);
    for (const { scope, member, outcome } of readings) {
      if (outcome.kind !== 'observed') continue;
      for (const [name, value] of Object.entries(outcome.values)) {
        const place = [target, scope, member, name.slice(OBSERVED_PREFIX.length)].join('/');
        if (value !== null && !wasShown(shown.get(place) ?? [], value, look))
          yield violation('W2', `a reading tells ${String(value)} of ${place}, which was not so during the look`);
      }
    }
  }
}

interface Shown {
  readonly value: string;
  readonly fromMs: number;
}

/** What each place showed, one after the other. */
export function shownAt(journal: Evidence['journal']): Map<string, Shown[]> {
  const shown = new Map<string, Shown[]>();
  for (const one of journal) {
    if (one.kind !== 'shown') continue;
    const place = [one.target, one.scope, one.member, one.resource].join('/');
    shown.set(place, [...(shown.get(place) ?? []), { value: one.value, fromMs: EPOCH_MS + one.at }]);
  }
  return shown;
}

export const wasShown = (
  all: readonly Shown[],
  value: unknown,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): boolean =>
  all.some((one, i) => one.value === value && one.fromMs <= toMs && (all[i + 1]?.fromMs ?? Infinity) >= fromMs);

/** I20: what moved a step was said by the executor of its target, about the very command that was issued. */
export function* resultsEchoCommands(evidence: Evidence): Iterable<Violation> {
  for (const [sequenceId, facts] of evidence.told) {
    const steps = plannedSteps(evidence, sequenceId);
    for (const { fact, index } of facts) {
      if (!('result' in fact)) continue;
      const line = evidence.byDigest.get(fact.result);
      if (isUnanswered(fact, facts)) continue;
      if (settlementBehind(fact.result, evidence) && isSettledBefore(fact, facts)) continue;
      const problem = line ? strangeness(line, index, steps, evidence) : 'is not in the ledger';
      if (problem) yield violation('I20', `the result behind ${fact.kind} of ${fact.step} ${problem}`);
    }
  }
}

/** What is not answered for so long may be called unknown. */
const ANSWERED_WITHIN_MS = 600_000;

/** Whether it says that the very order before it, which it cites, was not answered in time. */
function isUnanswered(fact: Told['fact'], facts: readonly Told[]): boolean {
  if (fact.kind !== 'outcome-unknown') return false;
  const before = facts.slice(
    0,
    facts.findIndex((one) => one.fact === fact),
  );
  const last = before.findLast(({ fact: one }) => 'step' in one && 'attempt' in one && one.step === fact.step)?.fact;
  const isApply = last?.kind === 'step-commanded' && last.verb === 'apply' && last.attempt === fact.attempt;
  return (
    isApply && last.commandDigest === fact.result && Date.parse(fact.at) - Date.parse(last.at) >= ANSWERED_WITHIN_MS
  );
}

/** Whether the fact right before it says that a person settled this very attempt. */
function isSettledBefore(fact: Told['fact'], facts: readonly Told[]): boolean {
  const before = facts[facts.findIndex((one) => one.fact === fact) - 1]?.fact;
  return (
    before?.kind === 'step-settled' && 'attempt' in fact && before.step === fact.step && before.attempt === fact.attempt
  );
}

/** W6: what a fact says of a step is what the result that it cites says. */
export function* factsSayWhatResultsSay({ told, byDigest }: Evidence): Iterable<Violation> {
  for (const facts of told.values())
    for (const { fact } of facts) {
      if (!('result' in fact)) continue;
      const message = byDigest.get(fact.result)?.message;
      if (message?.type !== RESULT_TYPE) continue;
      const { outcome } = message.data;
      const said = outcome.kind === 'looked-up' ? outcome.state : outcome.kind;
      if (!FITTING[fact.kind]?.includes(said)) yield violation('W6', `${fact.kind} cites a result that says ${said}`);
    }
}

/** Facts of a step and what the result behind them may say. */
const FITTING: Readonly<Record<string, readonly string[]>> = {
  'step-applied': ['applied', 'in-effect'],
  'duplicate-suspected': ['applied'],
  'step-not-applied': ['not-applied', 'refused', 'absent'],
  'outcome-unknown': ['unknown', 'in-effect', 'absent'],
  'step-previewed': ['unknown', 'in-effect', 'absent'],
};

function strangeness(
  { message, index }: Line,
  factIndex: number,
  steps: readonly PlannedStep[],
  { byEvent }: Evidence,
): string | null {
  if (message.type !== RESULT_TYPE) return `is a ${message.type}`;
  const step = steps.find(({ id }) => id === message.data.step);
  if (message.source !== `/executor-${step?.target}`) return `is of ${message.source}`;
  if (index > factIndex) return 'came later';
  const command = byEvent.get(message.causationIds[0] ?? '');
  if (command?.message.type !== COMMAND_TYPE) return 'answers no command';
  if (command.digest !== message.data.commandDigest) return 'answers another command';
  return command.message.data.attempt === message.data.attempt ? null : 'answers another attempt';
}
