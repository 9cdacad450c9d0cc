import {
  rungHeight,
  RUNGS,
  type Expectation,
  type Plan,
  type PlanStep,
  type Problem,
  type Rung,
  type Target,
  type TargetChange,
} from '@causeway/contracts';
import { own } from '../own';
import { hintFor, listed } from './nearest';
import { parameterProblems } from './parameter-problems';

/** Longest name of an observed value that a reading can carry, characters. */
const LONGEST_OBSERVED = 100;

/** What the registered targets have against a plan: names, parameters, rungs and scopes that they do not have. */
export function* targetProblems(plan: Plan, targets: ReadonlyMap<string, Target>): Generator<Problem> {
  let scopesFit = true;
  for (const [index, step] of plan.spec.steps.entries()) {
    const at = `/spec/steps/${index}`;
    const target = targets.get(step.target);
    if (target) yield* changeProblems(step, target, at);
    else yield unknownTarget(step, targets, at);
    const ofScopes = target ? [...scopeProblems(plan, step, target, at)] : [];
    scopesFit &&= target !== undefined && ofScopes.length === 0;
    yield* ofScopes;
  }
  if (scopesFit) yield* unusedScopes(plan, targets);
}

const unknownTarget = (step: PlanStep, targets: ReadonlyMap<string, Target>, at: string): Problem => ({
  code: 'unknown-target',
  pointer: `${at}/target`,
  message: `there is no target "${step.target}"`,
  hint: hintFor(step.target, [...targets.keys()]),
});

function* changeProblems(step: PlanStep, target: Target, at: string): Generator<Problem> {
  const { changes } = target.spec;
  const change = Object.hasOwn(changes, step.change) ? changes[step.change] : undefined;
  if (!change) {
    const message = `target "${step.target}" has no change "${step.change}"`;
    yield {
      code: 'unknown-change',
      pointer: `${at}/change`,
      message,
      hint: hintFor(step.change, Object.keys(changes)),
    };
    return;
  }
  yield* parameterProblems(step, change, at);
  const rung = rungProblem(step, target, change, at);
  if (rung) yield rung;
  else yield* showingProblems(step, change, at);
}

function rungProblem(step: PlanStep, target: Target, change: TargetChange, at: string): Problem | null {
  const asked = step.ready.rung;
  const highest = target.spec.rung;
  const pointer = `${at}/ready/rung`;
  const showable: Rung[] = [
    'accepted',
    ...RUNGS.filter((rung) => Object.hasOwn(change.show, rung) && rungHeight(rung) <= rungHeight(highest)),
  ];
  const hint = `It can show: ${showable.join(', ')}.`;
  const tooHigh = `target "${step.target}" can show at most ${highest}, the step asks for ${asked}`;
  if (rungHeight(asked) > rungHeight(highest)) return { code: 'rung-too-high', pointer, message: tooHigh, hint };
  const notShown = `change "${step.change}" of target "${step.target}" cannot show ${asked}`;
  return showable.includes(asked) ? null : { code: 'rung-not-shown', pointer, message: notShown, hint };
}

/** A rung is shown by comparing with parameters: those it uses must be there, optional or not, or the gate could never open. */
function* showingProblems(step: PlanStep, change: TargetChange, at: string): Generator<Problem> {
  const { rung } = step.ready;
  if (rung === 'accepted' || rung === 'baked') return;
  for (const one of change.show[rung]?.expect ?? []) {
    for (const name of parametersOf(one))
      if (own(change.with, name)?.optional && !Object.hasOwn(step.with, name))
        yield {
          code: 'missing-parameter',
          pointer: `${at}/with`,
          message: `the rung ${rung} is shown by parameter "${name}", which is not given`,
          hint: 'Give it, or ask for a lower rung.',
        };
    const { observed } = one;
    if (typeof observed === 'string') continue;
    const name = observed.prefix + String(own(step.with, observed.with));
    if (name.length > LONGEST_OBSERVED)
      yield {
        code: 'too-large',
        pointer: `${at}/with/${observed.with}`,
        message: `parameter "${observed.with}" makes the observed name longer than ${LONGEST_OBSERVED} characters`,
        hint: 'Give a shorter one.',
      };
  }
}

/** Parameters of a change that an expectation refers to. */
export const parametersOf = ({ observed, wanted }: Expectation): string[] => [
  ...(typeof observed === 'string' ? [] : [observed.with]),
  ...('with' in wanted ? [wanted.with] : []),
];

/** A target that is the same everywhere has the one scope `global`, which counts for every scope of a plan. */
export const isGlobal = (target: Target): boolean => Object.keys(target.spec.scopes).join() === 'global';

function* scopeProblems(plan: Plan, step: PlanStep, target: Target, at: string): Generator<Problem> {
  if (isGlobal(target)) return;
  const has = Object.keys(target.spec.scopes);
  for (const [i, scope] of (step.scopes ?? []).entries())
    if (!has.includes(scope) && (scope === 'global' || plan.spec.scopes.includes(scope)))
      yield {
        code: 'unknown-scope',
        pointer: `${at}/scopes/${i}`,
        message: `target "${step.target}" has no scope "${scope}"`,
        hint: hintFor(scope, has),
      };
  if (step.scopes !== undefined || plan.spec.scopes.some((scope) => has.includes(scope))) return;
  const message = `target "${step.target}" has none of the plan's scopes (${listed(plan.spec.scopes)})`;
  yield { code: 'no-scope', pointer: `${at}/target`, message, hint: `It has: ${listed(has)}.` };
}

/**
 * Scopes of the plan in which no step changes anything: most likely a name spelt wrong, and silently leaving a region out is
 * the last thing a plan should do. Where all targets are the same everywhere, scopes are only names.
 */
function* unusedScopes(plan: Plan, targets: ReadonlyMap<string, Target>): Generator<Problem> {
  const used = new Set<string>();
  const has = new Set<string>();
  for (const step of plan.spec.steps) {
    const target = targets.get(step.target);
    if (!target || isGlobal(target)) continue;
    for (const scope of Object.keys(target.spec.scopes)) {
      has.add(scope);
      if ((step.scopes ?? plan.spec.scopes).includes(scope)) used.add(scope);
    }
  }
  if (has.size === 0) return;
  for (const [i, scope] of plan.spec.scopes.entries()) {
    if (used.has(scope)) continue;
    const message = `no step changes anything in scope "${scope}"`;
    const hint = has.has(scope) ? 'Remove it, or let a step have it.' : hintFor(scope, [...has]);
    yield { code: 'unused-scope', pointer: `/spec/scopes/${i}`, message, hint };
  }
}
