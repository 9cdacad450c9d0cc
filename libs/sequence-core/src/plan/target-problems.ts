import {
  rungHeight,
  RUNGS,
  type Plan,
  type PlanStep,
  type Problem,
  type Rung,
  type Target,
  type TargetChange,
} from '@causeway/contracts';
import { hintFor } from './nearest';
import { kindOf } from './pointer';

/** What the registered targets have against a plan: names, parameters, rungs and scopes that they do not have. */
export const targetProblems = (plan: Plan, targets: ReadonlyMap<string, Target>): Problem[] =>
  plan.spec.steps.flatMap((step, index) => stepProblems(plan, step, `/spec/steps/${index}`, targets));

function stepProblems(plan: Plan, step: PlanStep, at: string, targets: ReadonlyMap<string, Target>): Problem[] {
  const target = targets.get(step.target);
  if (!target) {
    const hint = hintFor(step.target, [...targets.keys()]);
    return [{ code: 'unknown-target', pointer: `${at}/target`, message: `there is no target "${step.target}"`, hint }];
  }
  const scopes = scopeProblems(plan, step, target, at);
  const change = target.spec.changes[step.change];
  if (!change) {
    const message = `target "${step.target}" has no change "${step.change}"`;
    return [
      {
        code: 'unknown-change',
        pointer: `${at}/change`,
        message,
        hint: hintFor(step.change, Object.keys(target.spec.changes)),
      },
      ...scopes,
    ];
  }
  return [...parameterProblems(step, change, at), ...rungProblems(step, target, change, at), ...scopes];
}

function parameterProblems(step: PlanStep, change: TargetChange, at: string): Problem[] {
  const known = Object.keys(change.with);
  const unknown = Object.keys(step.with)
    .filter((name) => !Object.hasOwn(change.with, name))
    .map((name): Problem => ({
      code: 'unknown-parameter',
      pointer: `${at}/with/${name}`,
      message: `change "${step.change}" has no parameter "${name}"`,
      hint: hintFor(name, known),
    }));
  const declared = Object.entries(change.with).flatMap(([name, parameter]): Problem[] => {
    const value = step.with[name];
    if (value === undefined || value === null) {
      if (parameter.optional && value === undefined) return [];
      const message = `change "${step.change}" needs the parameter "${name}"`;
      return [
        {
          code: 'missing-parameter',
          pointer: `${at}/with`,
          message,
          hint: `It must be ${TYPE_WORDS[parameter.type]}.`,
        },
      ];
    }
    if (!isOf(parameter.type, value)) {
      const message = `parameter "${name}" must be ${TYPE_WORDS[parameter.type]}, not ${kindOf(value)}`;
      return [{ code: 'wrong-parameter', pointer: `${at}/with/${name}`, message, ...quoteHint(parameter.type, value) }];
    }
    if (parameter.values && !parameter.values.includes(String(value)))
      return [
        {
          code: 'not-allowed',
          pointer: `${at}/with/${name}`,
          message: `parameter "${name}" cannot be "${String(value)}"`,
          hint: `Allowed: ${parameter.values.join(', ')}.`,
        },
      ];
    return [];
  });
  return [...unknown, ...declared];
}

const TYPE_WORDS = {
  string: 'text',
  boolean: 'true or false',
  integer: 'a whole number',
  object: 'a mapping',
} as const;

const quoteHint = (type: keyof typeof TYPE_WORDS, value: unknown): { hint?: string } =>
  type === 'string' && (typeof value === 'number' || typeof value === 'boolean')
    ? { hint: `Put it in quotes: "${String(value)}".` }
    : {};

function isOf(type: keyof typeof TYPE_WORDS, value: unknown): boolean {
  if (type === 'integer') return Number.isSafeInteger(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === type;
}

function rungProblems(step: PlanStep, target: Target, change: TargetChange, at: string): Problem[] {
  const asked = step.ready.rung;
  const highest = target.spec.rung;
  const pointer = `${at}/ready/rung`;
  const showable: Rung[] = [
    'accepted',
    ...RUNGS.filter((rung) => rung in change.show && rungHeight(rung) <= rungHeight(highest)),
  ];
  const hint = `It can show: ${showable.join(', ')}.`;
  if (rungHeight(asked) > rungHeight(highest))
    return [
      {
        code: 'rung-too-high',
        pointer,
        message: `target "${step.target}" can show at most ${highest}, the step asks for ${asked}`,
        hint,
      },
    ];
  if (!showable.includes(asked))
    return [
      {
        code: 'rung-not-shown',
        pointer,
        message: `change "${step.change}" of target "${step.target}" cannot show ${asked}`,
        hint,
      },
    ];
  return [];
}

/** A target that is the same everywhere has the one scope `global`, which counts for every scope of a plan. */
export const isGlobal = (target: Target): boolean => Object.keys(target.spec.scopes).join() === 'global';

function scopeProblems(plan: Plan, step: PlanStep, target: Target, at: string): Problem[] {
  const has = Object.keys(target.spec.scopes);
  if (isGlobal(target)) return [];
  const asked = step.scopes ?? plan.spec.scopes;
  const missing =
    step.scopes === undefined ? [] : asked.filter((scope) => plan.spec.scopes.includes(scope) && !has.includes(scope));
  if (missing.length > 0)
    return missing.map((scope) => ({
      code: 'unknown-scope',
      pointer: `${at}/scopes/${asked.indexOf(scope)}`,
      message: `target "${step.target}" has no scope "${scope}"`,
      hint: hintFor(scope, has),
    }));
  if (step.scopes !== undefined || asked.some((scope) => has.includes(scope))) return [];
  const message = `target "${step.target}" has none of the plan's scopes (${plan.spec.scopes.join(', ')})`;
  return [{ code: 'no-scope', pointer: `${at}/target`, message, hint: `It has: ${has.join(', ')}.` }];
}
