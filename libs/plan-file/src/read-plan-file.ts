import { readFileSync } from 'node:fs';
import { target as targetSchema, type PlanDocument, type Problem, type Target } from '@causeway/contracts';
import { checkPlan, readForm } from '@causeway/sequence-core';
import { inlineFiles } from './inline-files';
import { targetConsistency } from './target-consistency';
import { readYaml, type Place, type YamlDocument } from './yaml-document';

export type PlacedProblem = Problem & Place;

/** A file that was read: what it holds, or everything that is wrong with it. */
export type FileRead<T> =
  | { readonly ok: true; readonly document: T; readonly text: string; readonly locate: YamlDocument['locate'] }
  | { readonly ok: false; readonly problems: readonly PlacedProblem[]; readonly text: string };

/**
 * Reads a plan, puts its files in place and checks it.
 * @param targets null: form and order only
 */
export function readPlanFile(path: string, targets: ReadonlyMap<string, Target> | null): FileRead<PlanDocument> {
  return readChecked<PlanDocument>(path, (yaml) => {
    const { json, problems } = inlineFiles(yaml.json, path);
    if (problems.length > 0) return { problems };
    const wrongKind = kindProblem(json, 'EvolutionPlan', 'Target');
    if (wrongKind) return { problems: [wrongKind] };
    const checked = checkPlan(json, targets);
    return checked.ok ? { document: json as PlanDocument } : { problems: checked.problems };
  });
}

/** Reads one Target file and checks it, its references to its own probes and parameters included. */
export function readTargetFile(path: string): FileRead<Target> {
  return readChecked<Target>(path, (yaml) => {
    const wrongKind = kindProblem(yaml.json, 'Target', 'EvolutionPlan');
    if (wrongKind) return { problems: [wrongKind] };
    const formed = readForm(targetSchema, yaml.json);
    if (!formed.ok) return formed;
    const problems = [...targetConsistency(formed.value)];
    return problems.length > 0 ? { problems } : { document: formed.value };
  });
}

type Checked<T> = { readonly document: T } | { readonly problems: readonly Problem[] };

function readChecked<T>(path: string, check: (yaml: YamlDocument) => Checked<T>): FileRead<T> {
  const read = readText(path);
  if ('problem' in read) return { ok: false, text: '', problems: [read.problem] };
  const { text } = read;
  const yaml = readYaml(text);
  if (!yaml.ok) return { ok: false, text, problems: yaml.problems };
  const checked = check(yaml.document);
  if ('document' in checked) return { ok: true, text, document: checked.document, locate: yaml.document.locate };
  const problems = checked.problems.map((problem) => ({
    ...problem,
    ...yaml.document.locate(problem.pointer, KEY_CODES.has(problem.code) ? 'key' : 'value'),
  }));
  return { ok: false, text, problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) };
}

/** Problems that are about a key rather than about what stands behind it. */
const KEY_CODES = new Set([
  'unknown-key',
  'unknown-parameter',
  'cycle',
  'race',
  'missing-parameter',
  'missing-key',
  'no-address',
  'no-change',
  'unknown-member',
  'unknown-scope',
]);

function kindProblem(json: unknown, wanted: string, other: string): Problem | null {
  if ((json as { kind?: unknown } | null)?.kind !== other) return null;
  return { code: 'wrong-kind', pointer: '/kind', message: `this is of kind ${other}, kind ${wanted} is wanted here` };
}

/** The text, without a byte order mark; or why there is none. */
function readText(path: string): { readonly text: string } | { readonly problem: PlacedProblem } {
  const problem = (code: string, message: string, hint: string): { problem: PlacedProblem } => ({
    problem: { code, pointer: '', message, hint, line: 1, column: 1 },
  });
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    return problem(
      'unreadable',
      `the file cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
      'Is the path right?',
    );
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return problem('not-utf8', 'the file is not valid UTF-8', 'Save it as UTF-8.');
  }
}
