import type { Problem } from '@causeway/contracts';
import { bounded } from './bounded';
import { jsonProblem } from './json-problem';
import { hintFor, listed } from './nearest';
import { kindOf, nameOf, pointerOf, quoted, valueAt, type Path } from './pointer';
import { keysAt } from './schema-keys';

/**
 * What a schema has against a document, in words for the person who wrote the document: place, what is wrong, and what is
 * known or allowed there. Works on the structure of zod's issues and schemas only, so that cores need no zod.
 */
interface Issue {
  readonly code: string;
  readonly path: Path;
  readonly message: string;
  readonly keys?: readonly string[];
  readonly values?: readonly unknown[];
  readonly options?: readonly unknown[];
  readonly expected?: string;
  readonly pattern?: string;
  readonly errors?: readonly (readonly Issue[])[];
  readonly issues?: readonly Issue[];
  readonly origin?: string;
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
}

interface SchemaLike<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false; error: { issues: readonly unknown[] } };
}

/** A document in the form that a schema wants, with its defaults filled in; or what is wrong with it. */
export type Formed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: Problem[] };

/** Total on any value: what JSON cannot say is found first, so that the schema never meets it. */
export function readForm<T>(schema: SchemaLike<T>, document: unknown): Formed<T> {
  const odd = jsonProblem(document);
  if (odd) return { ok: false, problems: bounded([odd]) };
  const parsed = schema.safeParse(document);
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, problems: bounded(allOf(parsed.error.issues as readonly Issue[], schema, document)) };
}

/** Only the problems of {@link readForm}. */
export function schemaProblems(schema: SchemaLike<unknown>, document: unknown): Problem[] {
  const formed = readForm(schema, document);
  return formed.ok ? [] : formed.problems;
}

function* allOf(issues: readonly Issue[], schema: unknown, document: unknown): Generator<Problem> {
  for (const issue of issues) yield* problemsOf(issue, schema, document);
}

function* problemsOf(issue: Issue, schema: unknown, document: unknown): Generator<Problem> {
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, document, issue.path);
    for (const key of issue.keys ?? []) yield unknownKey(key, issue.path, known);
  } else if (issue.code === 'invalid_union' && valueAt(document, issue.path) !== undefined && !issue.options) {
    yield* unionProblems(issue, schema, document);
  } else yield plainProblem(issue, valueAt(document, issue.path));
}

function unknownKey(key: string, path: Path, known: readonly string[]): Problem {
  const place = path.length === 0 ? 'the document' : nameOf(path);
  const near = hintFor(key, known);
  const hint = near.startsWith('Did') ? `${near} Known: ${listed(known)}.` : near;
  return {
    code: 'unknown-key',
    pointer: pointerOf([...path, key]),
    message: `there is no ${quoted(key)} in ${place}`,
    hint,
  };
}

/** Of alternatives the closest one speaks: the one with the deepest problem; a key that none of them knows says most. */
function* unionProblems(issue: Issue, schema: unknown, document: unknown): Generator<Problem> {
  const depth = (branch: readonly Issue[]): number =>
    Math.max(...branch.map(({ code, path }) => path.length + (code === 'unrecognized_keys' ? 1 : 0)));
  const branches = (issue.errors ?? []).filter((branch) => branch.length > 0).sort((a, b) => depth(b) - depth(a));
  const closest = branches[0];
  if (!closest || depth(closest) === 0) {
    const message = `${nameOf(issue.path)} is none of the forms that can stand here`;
    yield { code: 'wrong-type', pointer: pointerOf(issue.path), message, ...formsHint(branches) };
    return;
  }
  const unknown = closest.filter(({ code }) => code === 'unrecognized_keys');
  const telling = (unknown.length > 0 ? unknown : closest).map((one) => ({
    ...one,
    path: [...issue.path, ...one.path],
  }));
  yield* allOf(telling, schema, document);
}

function formsHint(branches: readonly (readonly Issue[])[]): { hint?: string } {
  const forms = [...new Set(branches.flatMap((branch) => branch.flatMap(({ expected }) => expected ?? [])))];
  return forms.length === 0 ? {} : { hint: `It can be ${forms.map(expectedWord).join(' or ')}.` };
}

/** A problem of one value. */
function plainProblem(issue: Issue, value: unknown): Problem {
  const { path } = issue;
  const name = nameOf(path);
  const problem = (code: string, message: string, hint?: string | null): Problem => ({
    code,
    pointer: pointerOf(path),
    message,
    ...(hint ? { hint } : {}),
  });
  const allowed = (issue.values ?? issue.options ?? []).map(String);
  if (value === undefined) return problem('missing-key', `${name} is missing`, whatIsWanted(issue, allowed));
  switch (issue.code) {
    case 'invalid_type':
      return problem('wrong-type', `${name} must be ${expectedWord(issue.expected)}, not ${kindOf(value)}`);
    case 'invalid_value':
    case 'invalid_union':
      return problem('not-allowed', `${name} cannot be ${quoted(value)}`, allowedHint(value, allowed));
    case 'invalid_format':
      return problem('bad-form', `${name} ${quoted(value)}: ${issue.message}`, nameHint(issue, value));
    case 'invalid_key':
      return keyProblem(issue, name, problem);
    case 'too_small':
      return problem('too-small', `${name} must ${atLeast(issue)}`);
    case 'too_big':
      return problem('too-large', `${name} must ${atMost(issue)}`);
    default:
      return problem('bad-form', `${name}: ${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}`);
  }
}

function keyProblem(
  { path, issues }: Issue,
  name: string,
  problem: (code: string, message: string, hint: string | null) => Problem,
): Problem {
  const why = issues?.[0];
  const hint = why ? nameHint(why, String(path.at(-1))) : null;
  return problem('bad-form', `${name}: ${why?.message ?? 'is not a name that can stand here'}`, hint);
}

const whatIsWanted = ({ expected }: Issue, allowed: readonly string[]): string | null => {
  if (allowed.length > 0) return `Allowed: ${allowed.join(', ')}.`;
  return expected === undefined ? null : `It must be ${expectedWord(expected)}.`;
};

function allowedHint(value: unknown, allowed: readonly string[]): string {
  const near = typeof value === 'string' ? hintFor(value, allowed) : '';
  return `Allowed: ${listed(allowed)}.${near.startsWith('Did') ? ` ${near}` : ''}`;
}

/** The name that a value becomes with the usual repairs, when it then has the wanted form. */
function nameHint({ pattern }: Issue, value: unknown): string | null {
  if (typeof value !== 'string' || value.length > 100 || !pattern?.startsWith('/^') || !pattern.endsWith('$/'))
    return null;
  const repaired = value
    .trim()
    .toLowerCase()
    .replace(/[\s_.]+/g, '-');
  return repaired !== value && new RegExp(pattern.slice(1, -1)).test(repaired) ? `Write ${repaired}.` : null;
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
};
const expectedWord = (expected: string | undefined): string => WORDS[expected ?? ''] ?? (expected || 'something else');

const UNITS: Readonly<Record<string, string>> = { string: 'characters', array: 'items', record: 'entries' };
const atLeast = ({ origin = '', minimum }: Issue): string => {
  if (!Object.hasOwn(UNITS, origin)) return `be at least ${String(minimum)}`;
  return Number(minimum) === 1 ? 'not be empty' : `have at least ${String(minimum)} ${UNITS[origin]}`;
};
const atMost = ({ origin = '', maximum }: Issue): string =>
  Object.hasOwn(UNITS, origin) ? `have at most ${String(maximum)} ${UNITS[origin]}` : `be at most ${String(maximum)}`;
