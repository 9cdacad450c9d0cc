import { limits, type Problem } from '@causeway/contracts';
import { jsonProblem, pathOf } from '@causeway/sequence-core';
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
import { depthProblem, nodeProblems, syntaxProblem } from './yaml-problems';

/** A place in a file, both from 1. Columns count UTF-16 units, as editors do. */
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
/** Most problems of form that one file names: what follows the first mistake is often only its echo. */
const MOST_PROBLEMS = 10;

/** Never throws: whatever the text is, the answer is a document or problems with their places. */
export function readYaml(text: string): YamlRead {
  const early = textProblem(text);
  if (early) return refused(early);
  const lines = new LineCounter();
  lines.lineStarts = [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)];
  const deep = depthProblem(text);
  if (deep) return { ok: false, problems: [{ ...deep, ...placeAt(lines, deep.offset) }] };
  return readDocument(text, lines);
}

function readDocument(text: string, lines: LineCounter): YamlRead {
  const parsed = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    stringKeys: true,
    // Looked for below: the parser's own search takes the square of the number of keys.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
  });
  const found = [...parsed.errors, ...parsed.warnings].map((error) => ({
    offset: error.pos[0],
    ...syntaxProblem(error),
  }));
  const problems = found.length > 0 ? found : nodeProblems(parsed);
  if (problems.length > 0) return { ok: false, problems: placed(problems, lines) };
  if (parsed.contents === null)
    return refused({
      code: 'empty',
      message: 'the file holds no document',
      hint: 'Start with apiVersion: causeway/v1.',
    });
  return toJson(parsed, lines);
}

function placed(found: readonly (Problem & { offset: number })[], lines: LineCounter): (Problem & Place)[] {
  const tabs = found.filter(({ code }) => code === 'tab');
  const telling = tabs.length > 0 ? tabs : found;
  const first = telling.filter(({ offset }, i) => telling.findIndex((other) => other.offset === offset) === i);
  return first.slice(0, MOST_PROBLEMS).map(({ offset, ...problem }) => ({ ...problem, ...placeAt(lines, offset) }));
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

function toJson(parsed: Document.Parsed, lines: LineCounter): YamlRead {
  const locate = (pointer: string, at: 'key' | 'value'): Place => placeAt(lines, offsetOf(parsed, pathOf(pointer), at));
  try {
    const json: unknown = parsed.toJS({ maxAliasCount: MOST_ALIASES });
    const odd = jsonProblem(json);
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
