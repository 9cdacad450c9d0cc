import { readFileSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, resolve, sep } from 'node:path';
import { limits, type Problem } from '@causeway/contracts';

/**
 * `{ $file: policies/auditor.json }` is replaced by that file's JSON, so that a plan holds everything it does and its digest
 * covers it. Only below the plan's own folder: a plan must not read what its author could not put beside it.
 */
const KEY = '$file';

export interface Inlined {
  readonly json: unknown;
  readonly problems: readonly Problem[];
}

/** @param planPath path of the file that the JSON came from */
export function inlineFiles(json: unknown, planPath: string): Inlined {
  const problems: Problem[] = [];
  const folder = dirname(resolve(planPath));
  const walk = (value: unknown, pointer: string): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((item, i) => walk(item, `${pointer}/${i}`));
    if (Object.hasOwn(value, KEY)) return put(value as Record<string, unknown>, pointer);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner, `${pointer}/${key}`)]));
  };
  const put = (value: Record<string, unknown>, pointer: string): unknown => {
    const read = readJsonFile(value, folder);
    if ('problem' in read) problems.push({ ...read.problem, pointer: `${pointer}/${KEY}` });
    return 'problem' in read ? null : read.json;
  };
  return { json: walk(json, ''), problems };
}

type Read = { readonly json: unknown } | { readonly problem: Omit<Problem, 'pointer'> };

const no = (code: string, message: string, hint?: string): Read => ({
  problem: { code, message, ...(hint ? { hint } : {}) },
});

function readJsonFile(value: Record<string, unknown>, folder: string): Read {
  const name = value[KEY];
  if (typeof name !== 'string' || Object.keys(value).length !== 1)
    return no('bad-file', `${KEY} stands alone and names a file`, 'Write { $file: folder/name.json }.');
  if (isAbsolute(name))
    return no('file-outside', `"${name}" is not relative to the plan`, 'Put the file beside the plan.');
  let real: string;
  try {
    real = realpathSync(resolve(folder, name));
  } catch {
    return no(
      'file-missing',
      `there is no file "${name}" beside the plan`,
      'Names are relative to the folder of the plan.',
    );
  }
  if (!real.startsWith(realpathSync(folder) + sep))
    return no('file-outside', `"${name}" lies outside the plan's folder`, 'Put the file beside the plan.');
  return parseFile(real, name);
}

function parseFile(path: string, name: string): Read {
  try {
    const text = readFileSync(path, 'utf8');
    if (Buffer.byteLength(text) > limits.messageBytes)
      return no('file-too-large', `"${name}" is larger than ${limits.messageBytes} bytes`);
    return { json: JSON.parse(text) as unknown };
  } catch (error) {
    return no('file-not-json', `"${name}" is not JSON: ${(error as Error).message}`);
  }
}
