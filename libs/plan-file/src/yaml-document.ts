import { limits, type Problem } from '@causeway/contracts';
import { pathOf } from '@causeway/sequence-core';
import {
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
} from 'yaml';

/** A place in a file, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** YAML 1.2 text as plain JSON, with the place of everything in it. */
export interface YamlDocument {
  readonly json: unknown;
  /** Place of what a JSON pointer names: of its key when `at` is `key`, else of its value; of the nearest thing around it when it is not there. */
  locate(pointer: string, at: 'key' | 'value'): Place;
}

export type YamlRead =
  | { readonly ok: true; readonly document: YamlDocument }
  | { readonly ok: false; readonly problems: readonly (Problem & Place)[] };

/** Aliases are expanded at most this often: a few lines can otherwise become gigabytes. */
const MOST_ALIASES = 50;

/** Never throws: whatever the text is, the answer is a document or problems with their places. */
export function readYaml(text: string): YamlRead {
  const early = textProblem(text);
  if (early) return refused(early);
  const lines = new LineCounter();
  const parsed = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    lineCounter: lines,
    uniqueKeys: true,
    prettyErrors: false,
  });
  if (parsed.errors.length > 0)
    return {
      ok: false,
      problems: parsed.errors.map((error) => ({
        ...syntaxProblem(error.code, error.message),
        ...placeAt(lines, error.pos[0]),
      })),
    };
  if (parsed.contents === null)
    return refused({
      code: 'empty',
      message: 'the file holds no document',
      hint: 'Start with apiVersion: causeway/v1.',
    });
  return toJson(parsed, lines);
}

function textProblem(text: string): Omit<Problem, 'pointer'> | null {
  const bytes = Buffer.byteLength(text);
  if (bytes > limits.messageBytes)
    return { code: 'too-large', message: `the file has ${bytes} bytes, the limit is ${limits.messageBytes}` };
  if (text.includes('\u0000')) return { code: 'not-text', message: 'the file holds a NUL character' };
  return null;
}

const refused = (problem: Omit<Problem, 'pointer'>): YamlRead => ({
  ok: false,
  problems: [{ ...problem, pointer: '', line: 1, column: 1 }],
});

function syntaxProblem(code: string, message: string): Problem {
  const text = message.split('\n', 1)[0] ?? message;
  if (code === 'DUPLICATE_KEY')
    return { code: 'duplicate-key', pointer: '', message: 'this key is there already', hint: 'Keep one of them.' };
  if (code === 'TAB_AS_INDENT')
    return { code: 'tab', pointer: '', message: 'a tab cannot indent YAML', hint: 'Use spaces.' };
  if (code === 'MULTIPLE_DOCS')
    return {
      code: 'several-documents',
      pointer: '',
      message: 'the file holds several documents',
      hint: 'One file, one document.',
    };
  return { code: 'syntax', pointer: '', message: text.charAt(0).toLowerCase() + text.slice(1) };
}

function toJson(parsed: Document.Parsed, lines: LineCounter): YamlRead {
  const locate = (pointer: string, at: 'key' | 'value'): Place => placeAt(lines, offsetOf(parsed, pathOf(pointer), at));
  try {
    const json: unknown = parsed.toJS({ maxAliasCount: MOST_ALIASES });
    const odd = notJson(json, '', 0);
    if (odd) return { ok: false, problems: [{ ...odd, ...locate(odd.pointer, 'value') }] };
    return { ok: true, document: { json, locate } };
  } catch (error) {
    return refused({
      code: 'aliases',
      message: `the document cannot be expanded: ${(error as Error).message}`,
      hint: 'Write the values out.',
    });
  }
}

/** What YAML can say and JSON cannot, and what is nested too deeply. */
function notJson(value: unknown, pointer: string, depth: number): Problem | null {
  if (depth > limits.jsonDepth)
    return { code: 'too-deep', pointer, message: `nested deeper than ${limits.jsonDepth} levels` };
  if (typeof value === 'number' && !Number.isFinite(value))
    return { code: 'not-json', pointer, message: `${value} is no number in JSON` };
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value))
    return { code: 'not-json', pointer, message: 'this number is too large to be exact', hint: 'Put it in quotes.' };
  if (typeof value === 'bigint' || typeof value === 'undefined')
    return { code: 'not-json', pointer, message: 'this value does not exist in JSON' };
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, inner] of Object.entries(value)) {
    if (key === '__proto__')
      return { code: 'bad-form', pointer: `${pointer}/${key}`, message: '"__proto__" cannot be a name' };
    const found = notJson(inner, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, depth + 1);
    if (found) return found;
  }
  return null;
}

const placeAt = (lines: LineCounter, offset: number): Place => {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
};

/** Where something starts, in characters. Falls back to the key of, then the start of, what is around it. */
function offsetOf(parsed: Document.Parsed, path: readonly string[], at: 'key' | 'value'): number {
  let node: unknown = parsed.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, part] of path.entries()) {
    if (isAlias(node)) node = node.resolve(parsed);
    if (!isCollection(node)) break;
    const found: unknown = isMap(node)
      ? node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === part)
      : node.items[Number(part)];
    if (found === undefined) break;
    const isLast = depth === path.length - 1;
    const key = isPair(found) ? startOf(found.key) : undefined;
    const value = isPair(found) ? found.value : found;
    offset = (isLast && at === 'value' ? startOf(value) : undefined) ?? key ?? startOf(value) ?? offset;
    node = value;
  }
  return offset;
}

const startOf = (node: unknown): number | undefined => (node as Node | null | undefined)?.range?.[0];
