import type { PlanStep, Problem, TargetChange } from '@causeway/contracts';
import { hintFor, listed } from './nearest';
import { kindOf, pointerOf } from './pointer';

type Parameter = TargetChange['with'][string];

const TYPE_WORDS = {
  string: 'text',
  boolean: 'true or false',
  integer: 'a whole number',
  object: 'a mapping',
} as const;

/** Parameters of a step that its change does not have, lacks, or cannot take. */
export function* parameterProblems(step: PlanStep, change: TargetChange, at: string): Generator<Problem> {
  const known = Object.keys(change.with);
  for (const name of Object.keys(step.with)) {
    if (Object.hasOwn(change.with, name)) continue;
    const message = `change "${step.change}" has no parameter "${name}"`;
    yield {
      code: 'unknown-parameter',
      pointer: `${at}${pointerOf(['with', name])}`,
      message,
      hint: hintFor(name, known),
    };
  }
  for (const [name, parameter] of Object.entries(change.with)) {
    const problem = Object.hasOwn(step.with, name)
      ? valueProblem(name, parameter, step.with[name], `${at}${pointerOf(['with', name])}`)
      : missing(step, name, parameter, at);
    if (problem) yield problem;
  }
}

function missing(step: PlanStep, name: string, { type, optional }: Parameter, at: string): Problem | null {
  if (optional) return null;
  const message = `change "${step.change}" needs the parameter "${name}"`;
  return { code: 'missing-parameter', pointer: `${at}/with`, message, hint: `It must be ${TYPE_WORDS[type]}.` };
}

function valueProblem(name: string, { type, values }: Parameter, value: unknown, pointer: string): Problem | null {
  if (!isOf(type, value)) {
    const message = `parameter "${name}" must be ${TYPE_WORDS[type]}, not ${kindOf(value)}`;
    const hint = wayOut(type, value);
    return { code: 'wrong-parameter', pointer, message, ...(hint === null ? {} : { hint }) };
  }
  if (!values || values.includes(String(value))) return null;
  const near = hintFor(String(value), values);
  const hint = near.startsWith('Did') ? `${near} Allowed: ${listed(values)}.` : `Allowed: ${listed(values)}.`;
  return { code: 'not-allowed', pointer, message: `parameter "${name}" cannot be ${JSON.stringify(value)}`, hint };
}

function isOf(type: Parameter['type'], value: unknown): boolean {
  if (type === 'integer') return Number.isSafeInteger(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === type;
}

/** What to write instead, where the mistake is a usual one. */
function wayOut(type: Parameter['type'], value: unknown): string | null {
  if (type === 'string' && (typeof value === 'number' || typeof value === 'boolean'))
    return `Put it in quotes: "${String(value)}".`;
  if (typeof value !== 'string') return null;
  if (type === 'boolean' && /^(yes|on|true)$/i.test(value)) return 'Write true, without quotes.';
  if (type === 'boolean' && /^(no|off|false)$/i.test(value)) return 'Write false, without quotes.';
  return type === 'integer' && /^-?\d{1,15}$/.test(value) ? `Write ${value}, without quotes.` : null;
}
