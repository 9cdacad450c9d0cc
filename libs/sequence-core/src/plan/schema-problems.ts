import type { Problem } from '@causeway/contracts';
import { hintFor } from './nearest';
import { kindOf, pointerOf, valueAt, type Path } from './pointer';

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
  readonly expected?: string;
  readonly errors?: readonly (readonly Issue[])[];
  readonly issues?: readonly Issue[];
  readonly origin?: string;
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
}

interface SchemaLike {
  safeParse(value: unknown): { success: true } | { success: false; error: { issues: readonly unknown[] } };
}

export function schemaProblems(schema: SchemaLike, document: unknown): Problem[] {
  const parsed = schema.safeParse(document);
  return parsed.success ? [] : (parsed.error.issues as Issue[]).flatMap((issue) => problemsOf(issue, schema, document));
}

function problemsOf(issue: Issue, schema: SchemaLike, document: unknown): Problem[] {
  const { path } = issue;
  const value = valueAt(document, path);
  const problem = (code: string, message: string, hint?: string): Problem[] => [
    { code, pointer: pointerOf(path), message, ...(hint === undefined ? {} : { hint }) },
  ];
  const name = nameOf(path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return (issue.keys ?? []).map((key) => unknownKey(key, path, schema));
    case 'invalid_type':
      if (value === undefined)
        return problem('missing-key', `${name} is missing`, `It must be ${expectedWord(issue.expected)}.`);
      return problem('wrong-type', `${name} must be ${expectedWord(issue.expected)}, not ${kindOf(value)}`);
    case 'invalid_value': {
      const allowed = (issue.values ?? []).map(String);
      if (value === undefined) return problem('missing-key', `${name} is missing`, `Allowed: ${allowed.join(', ')}.`);
      const near = typeof value === 'string' ? hintFor(value, allowed) : '';
      return problem(
        'not-allowed',
        `${name} cannot be ${quoted(value)}`,
        `Allowed: ${allowed.join(', ')}.${near.startsWith('Did') ? ` ${near}` : ''}`,
      );
    }
    case 'invalid_format':
      return problem('bad-form', `${name} ${quoted(value)}: ${issue.message}`);
    case 'too_small':
      return problem('too-small', `${name} must ${atLeast(issue)}`);
    case 'too_big':
      return problem('too-large', `${name} must ${atMost(issue)}`);
    case 'invalid_union':
      return unionProblem(issue, schema, document);
    case 'invalid_key':
      return problem('bad-form', `${name}: ${issue.issues?.[0]?.message ?? 'is not a name that can stand here'}`);
    default:
      return problem('bad-form', `${name}: ${lowerFirst(issue.message)}`);
  }
}

/** Of an alternative the closest one speaks: the one with the deepest first problem. */
function unionProblem(issue: Issue, schema: SchemaLike, document: unknown): Problem[] {
  const depth = (branch: readonly Issue[]): number => Math.max(0, ...branch.map(({ path }) => path.length));
  const branches = [...(issue.errors ?? [])].filter((branch) => branch.length > 0).sort((a, b) => depth(b) - depth(a));
  const closest = branches[0];
  if (!closest || depth(closest) === 0)
    return [
      {
        code: 'wrong-type',
        pointer: pointerOf(issue.path),
        message: `${nameOf(issue.path)} is none of the forms that can stand here`,
      },
    ];
  return closest.flatMap((one) => problemsOf({ ...one, path: [...issue.path, ...one.path] }, schema, document));
}

function unknownKey(key: string, path: Path, schema: SchemaLike): Problem {
  const known = keysAt(schema, path);
  const place = path.length === 0 ? 'the document' : nameOf(path);
  const near = hintFor(key, known);
  const hint = near.startsWith('Did') ? `${near} Known: ${known.join(', ')}.` : near;
  return { code: 'unknown-key', pointer: pointerOf([...path, key]), message: `there is no "${key}" in ${place}`, hint };
}

/** Keys that an object schema knows at a path, as far as the path can be followed. */
function keysAt(schema: unknown, path: Path): string[] {
  let at = schema;
  for (const part of path) at = childOf(unwrapped(at), part);
  const shape = defOf(unwrapped(at))?.shape;
  return shape ? Object.keys(shape) : [];
}

interface Def {
  readonly type?: string;
  readonly shape?: Record<string, unknown>;
  readonly element?: unknown;
  readonly innerType?: unknown;
  readonly valueType?: unknown;
}

const defOf = (schema: unknown): Def | undefined => (schema as { def?: Def } | undefined)?.def;

function unwrapped(schema: unknown): unknown {
  let at = schema;
  while (defOf(at)?.innerType !== undefined) at = defOf(at)?.innerType;
  return at;
}

function childOf(schema: unknown, part: PropertyKey): unknown {
  const def = defOf(schema);
  return def?.shape?.[String(part)] ?? def?.element ?? def?.valueType;
}

/** `spec.steps[2].target`, as people say it. */
function nameOf(path: Path): string {
  if (path.length === 0) return 'the document';
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${String(part)}` : String(part)),
    '',
  );
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
const atLeast = ({ origin = '', minimum }: Issue): string =>
  origin in UNITS
    ? Number(minimum) === 1
      ? 'not be empty'
      : `have at least ${String(minimum)} ${UNITS[origin]}`
    : `be at least ${String(minimum)}`;
const atMost = ({ origin = '', maximum }: Issue): string =>
  origin in UNITS ? `have at most ${String(maximum)} ${UNITS[origin]}` : `be at most ${String(maximum)}`;

const quoted = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
};

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
