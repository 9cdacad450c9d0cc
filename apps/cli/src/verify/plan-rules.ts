import { plan as planSchema, type CommandData, type FrozenStep, type Plan } from '@causeway/contracts';
import {
  plannedSteps,
  sameJson,
  wantedScopes,
  type OpenSequence,
  type PlannedStep,
  type SequenceState,
} from '@causeway/sequence-core';
import type { Fact, KnownIntent, Ordered } from './account';
import { Broken } from './order-fault';

/**
 * Whether a sequence was accepted as its intent asks: the same plan, mode and person, and steps that say what the plan says of them.
 * What only a target could tell (its members, its probes, its executor) is not in a ledger and not compared.
 * @param intents of this sequence so far
 * @throws Broken
 */
export function checkAsIntended(fact: Fact<'sequence-accepted'>, intents: readonly KnownIntent[]): void {
  const ofPlan = intents.filter(({ planDigest }) => planDigest === fact.planDigest);
  if (ofPlan.length === 0)
    throw new Broken('plan-not-the-intended', `no intent before it carries the accepted plan ${fact.planDigest}`);
  if (!ofPlan.some((intent) => isAskedBy(intent, fact)))
    throw new Broken('accepted-otherwise', `no intent before it asks for the accepted plan as ${wordsOf(fact)}`);
  const read = planSchema.safeParse(ofPlan[0]?.data.plan);
  if (!read.success || !sameJson(read.data, fact.plan))
    throw new Broken('plan-not-the-intended', `the accepted plan is not the one whose digest is ${fact.planDigest}`);
  const problem = firstUnplanned(read.data, fact.steps);
  if (problem) throw new Broken('steps-not-as-planned', problem);
}

const isAskedBy = ({ publisher, data }: KnownIntent, fact: Fact<'sequence-accepted'>): boolean =>
  publisher === fact.publisher &&
  data.key === fact.key &&
  data.mode === fact.mode &&
  data.requestedBy === fact.requestedBy;

const wordsOf = ({ key, mode, publisher, requestedBy }: Fact<'sequence-accepted'>): string =>
  `${mode} ${key} by ${publisher} for ${requestedBy}`;

const PLANNED = [
  ...(['id', 'target', 'change', 'with', 'needs'] as const),
  ...(['onFailure', 'rung', 'consecutive', 'withinMs'] as const),
] satisfies readonly (keyof PlannedStep)[];

function firstUnplanned(plan: Plan, steps: readonly FrozenStep[]): string | null {
  const planned = plannedSteps(plan);
  if (planned.length !== steps.length) return `${steps.length} steps were accepted, the plan has ${planned.length}`;
  for (const [i, step] of steps.entries()) {
    const differing = PLANNED.find((name) => !sameJson(step[name], planned[i]?.[name]));
    if (differing) return `${differing} of step ${step.id} is not what the plan says`;
    const scope = unwantedScope(plan, step, i);
    if (scope !== undefined) return `step ${step.id} was accepted for scope ${scope}, which the plan does not name`;
  }
  return null;
}

/** A target that is the same everywhere has the one scope `global`, whatever the plan names. */
function unwantedScope(plan: Plan, { scopes }: FrozenStep, index: number): string | undefined {
  const names = scopes.map(({ scope }) => scope);
  const step = plan.spec.steps[index];
  if (!step || names.join() === 'global') return undefined;
  return names.find((name) => !wantedScopes(plan, step).includes(name));
}

/** What a decision to command a step orders; undefined: there is no such step. */
export function orderedBy({ epoch, acceptance }: OpenSequence, fact: Fact<'step-commanded'>): Ordered | undefined {
  const step = acceptance.steps.find(({ id }) => id === fact.step);
  return step && { fact, epoch, planDigest: acceptance.planDigest, step };
}

/**
 * Whether a command orders what was decided: that step as it was frozen, that attempt and verb.
 * @throws Broken
 */
export function checkAsPlanned(id: string, data: CommandData, { fact, epoch, planDigest, step }: Ordered): void {
  const { verb, attempt } = fact;
  const { id: name, target, change, with: parameters, scopes } = step;
  const wanted = { step: name, attempt, epoch, verb, target, change, with: parameters, scopes, planDigest };
  const differing = (Object.keys(wanted) as (keyof typeof wanted)[]).find((key) => !sameJson(data[key], wanted[key]));
  if (differing)
    throw new Broken('command-not-as-planned', `${differing} of command ${id} is not that of step ${name} as accepted`);
}

/**
 * A preview only looks.
 * @throws Broken
 */
export function checkPreview(state: SequenceState, { verb, step }: Fact<'step-commanded'>): void {
  if (verb === 'look-up' || state.status !== 'open' || state.acceptance.mode === 'apply') return;
  throw new Broken('commanded-in-preview', `step ${step} was ordered though only a preview was asked for`);
}
