import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from '@causeway/contracts';
import { formatProblems } from './format-problems';
import { readTargetFile, type FileRead } from './read-plan-file';

/** Not the hidden files that editors and file systems leave. */
const TARGET_FILE = /^[^.].*\.(ya?ml|json)$/;

/**
 * The registered targets of a folder, by name. Throws with file, line and column of everything that is wrong: a service
 * must not start on half a registry.
 */
export function readTargets(dir: string): ReadonlyMap<string, Target> {
  const targets = new Map<string, Target>();
  const problems: string[] = [];
  for (const file of listed(dir)) {
    const path = join(dir, file);
    const read = readTargetFile(path);
    if (!read.ok) problems.push(formatProblems(path, read.text, read.problems));
    else if (targets.has(read.document.metadata.name)) problems.push(namedTwice(path, read));
    else targets.set(read.document.metadata.name, read.document);
  }
  if (problems.length > 0) throw new Error(`the targets in ${dir} cannot be used:\n${problems.join('\n')}`);
  return targets;
}

function namedTwice(path: string, { document, text, locate }: Extract<FileRead<Target>, { ok: true }>): string {
  const pointer = '/metadata/name';
  const message = `target "${document.metadata.name}" is in another file too`;
  const problem = {
    code: 'duplicate-target',
    pointer,
    message,
    hint: 'Keep one of them.',
    ...locate(pointer, 'value'),
  };
  return formatProblems(path, text, [problem]);
}

function listed(dir: string): string[] {
  let files: string[];
  try {
    files = readdirSync(dir)
      .filter((file) => TARGET_FILE.test(file))
      .sort();
  } catch (error) {
    throw new Error(`the folder of targets cannot be read: ${(error as Error).message}`);
  }
  if (files.length === 0) throw new Error(`the folder of targets ${dir} holds no Target file (.yaml, .yml or .json)`);
  return files;
}
