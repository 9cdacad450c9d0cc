import { COMMAND_TYPE } from '@causeway/contracts';
import type { WorldEntry } from '../world/journal';
import { gapless, type Evidence, type Told } from './evidence';
import { plannedSteps, stepOfAttempt, type PlannedStep } from './plan-of';
import { isSettledAsApplied } from './settlements';
import { violation, type Violation } from './violation';

/** I1: in ledger order, each attempt of a step is commanded only after a gate that cites every step it needs, and each of those was ready. */
export function* commandsFollowGates(evidence: Evidence): Iterable<Violation> {
  for (const { index, message } of evidence.lines) {
    if (message.type !== COMMAND_TYPE || message.data.verb !== 'apply') continue;
    const { sequenceId, step } = message.data;
    const steps = plannedSteps(evidence, sequenceId);
    const planned = steps.find(({ id }) => id === step);
    if (!planned) {
      yield violation('I1', `command for ${step}, which no plan has`);
      continue;
    }
    const before = (evidence.told.get(sequenceId) ?? []).filter((told) => told.index < index);
    yield* missingBefore(planned, before, step);
    if (steps.some(({ id, rung }) => rung !== 'accepted' && planned.needs.includes(id)))
      yield* gatesMissing(before, step);
  }
}

/** What shows a step ages: each attempt at what needs it has a gate of its own. */
function* gatesMissing(before: readonly Told[], step: string): Iterable<Violation> {
  const gates = before.filter(({ fact }) => fact.kind === 'gate-opened' && fact.step === step).length;
  const ordered = before.filter(({ fact }) => isApplyOf(fact, step)).length;
  if (gates < ordered) yield violation('I1', `no gate opened for attempt ${ordered} of ${step}`);
}

const isApplyOf = (fact: Told['fact'], step: string): boolean =>
  fact.kind === 'step-commanded' && fact.verb === 'apply' && fact.step === step;

function* missingBefore(planned: PlannedStep, before: readonly Told[], step: string): Iterable<Violation> {
  const gate = before.find(({ fact }) => fact.kind === 'gate-opened' && fact.step === step);
  const cited = gate?.fact.kind === 'gate-opened' ? gate.fact.evidence.map((one) => one.step) : [];
  for (const need of planned.needs) {
    const ready = before.some(({ fact }) => fact.kind === 'step-ready' && fact.step === need);
    if (!ready) yield violation('I1', `${step} was commanded before ${need} was ready`);
    if (!cited.includes(need)) yield violation('I1', `the gate of ${step} does not cite ${need}`);
  }
}

/** W1: in the world, no write of a step left before every member of every step it needs had shown that step's value. */
export function* writesFollowEffects(evidence: Evidence): Iterable<Violation> {
  for (const entry of evidence.journal) {
    if (entry.kind !== 'write' || entry.attemptId === null) continue;
    const { sequenceId, step } = stepOfAttempt(entry.attemptId);
    const steps = plannedSteps(evidence, sequenceId);
    const needs = steps.find(({ id }) => id === step)?.needs ?? [];
    for (const need of needs) {
      const isSaid = isSettledAsApplied(evidence.told.get(sequenceId) ?? [], need);
      const lacking = lackingAt(
        isSaid,
        entry.sentAt,
        steps.find(({ id }) => id === need) as PlannedStep,
        evidence.journal,
      );
      if (lacking) yield violation('W1', `${step} was written while ${lacking} did not show ${need} yet`);
    }
  }
}

/** Who had never shown a step's value by a time; null: all had. @param isSaid a person says that it took effect */
function lackingAt(isSaid: boolean, at: number, step: PlannedStep, journal: readonly WorldEntry[]): string | null {
  const { target, resource, value } = step;
  const isOf = (entry: WorldEntry): boolean =>
    entry.at <= at &&
    'resource' in entry &&
    entry.target === target &&
    entry.resource === resource &&
    entry.value === value;
  const told = journal.filter(isOf);
  if (step.rung === 'accepted')
    return isSaid || told.some(({ kind }) => kind === 'write') || hasLied(target, at, journal)
      ? null
      : `target ${target}`;
  for (const { scope, members } of step.scopes)
    for (const member of members)
      if (!told.some((entry) => entry.kind === 'shown' && entry.scope === scope && entry.member === member))
        return member;
  return null;
}

export const hasLied = (target: string, at: number, journal: readonly WorldEntry[]): boolean =>
  journal.some((entry) => entry.kind === 'lied' && entry.target === target && entry.at <= at);

/** I4, I7: a new attempt is ordered only after the one before is known to have left nothing; a doubt is looked up first. */
export function* attemptsFollowAnswers({ told }: Evidence): Iterable<Violation> {
  for (const [, facts] of told) {
    const last = new Map<string, Told['fact']>();
    for (const { fact } of gapless(facts)) {
      if (!('step' in fact) || fact.step === null || !('attempt' in fact)) continue;
      const before = last.get(fact.step);
      if (fact.kind === 'step-commanded' && fact.verb === 'apply') {
        const isFirst = before === undefined && fact.attempt === 1;
        const isNext = before?.kind === 'step-not-applied' && !before.final && fact.attempt === before.attempt + 1;
        if (!isFirst && !isNext)
          yield violation(
            before?.kind === 'outcome-unknown' ? 'I7' : 'I4',
            `attempt ${fact.attempt} of ${fact.step} after ${before?.kind}`,
          );
      }
      last.set(fact.step, fact);
    }
  }
}
