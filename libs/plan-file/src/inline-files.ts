import { isUtf8 } from 'node:buffer';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { limits, type Problem } from '@causeway/contracts';
import { jsonProblem, pointerOf } from '@causeway/sequence-core';

/**
 * `{ $file: policies/auditor.json }` is replaced by that file's JSON, so that a plan holds everything it does and its digest
 * covers it. Only below the plan's own folder: a plan must not read what its author could not put beside it.
 */
const KEY = '$file';

export interface Inlined {
  readonly json: unknown;
  readonly problems: readonly Problem[];
}

/**
 * @param json a document that is not nested deeper than the limit
 * @param planPath path of the file that it came from
 */
export function inlineFiles(json: unknown, planPath: string): Inlined {
  const problems: Problem[] = [];
  const folder = dirname(resolve(planPath));
  const walk = (value: unknown, path: readonly string[]): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((item, i) => walk(item, [...path, String(i)]));
    if (Object.hasOwn(value, KEY)) return put(value as Record<string, unknown>, path);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner, [...path, key])]));
  };
  const put = (value: Record<string, unknown>, path: readonly string[]): unknown => {
    const read = readJsonFile(value, folder);
    if ('problem' in read) problems.push({ ...read.problem, pointer: pointerOf([...path, KEY]) });
    return 'problem' in read ? null : read.json;
  };
  return { json: walk(json, []), problems };
}

type Read = { readonly json: unknown } | { readonly problem: Omit<Problem, 'pointer'> };

const no = (code: string, message: string, hint: string): Read => ({ problem: { code, message, hint } });
const outside = (message: string): Read =>
  no('file-outside', message, 'Put the file beside the plan or in a folder below.');

function readJsonFile(value: Record<string, unknown>, folder: string): Read {
  const name = value[KEY];
  if (typeof name !== 'string' || name === '' || Object.keys(value).length !== 1)
    return no('bad-file', `${KEY} stands alone and names a file`, 'Write { $file: folder/name.json }.');
  if (isAbsolute(name)) return outside(`"${name}" is not relative to the plan`);
  const path = resolve(folder, name);
  if (!isBelow(path, folder)) return outside(`"${name}" lies outside the plan's folder`);
  const real = realPath(path);
  if (real === null)
    return no(
      'file-missing',
      `there is no file "${name}" beside the plan`,
      'Names are relative to the folder of the plan.',
    );
  if (!isBelow(real, realpathSync(folder))) return outside(`"${name}" lies outside the plan's folder`);
  return parseFile(real, name);
}

const isBelow = (path: string, folder: string): boolean => {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
};

function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}

function parseFile(path: string, name: string): Read {
  let bytes: Buffer;
  try {
    const found = statSync(path);
    if (!found.isFile()) return no('bad-file', `"${name}" is not a file`, 'Name a file of JSON.');
    if (found.size > limits.messageBytes)
      return no(
        'file-too-large',
        `"${name}" has ${found.size} bytes, the limit is ${limits.messageBytes}`,
        'Send less.',
      );
    bytes = readFileSync(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    return no('file-unreadable', `"${name}" cannot be read (${code})`, 'May you read it?');
  }
  if (!isUtf8(bytes)) return no('file-not-json', `"${name}" is not valid UTF-8`, 'Save it as UTF-8.');
  return parseJson(bytes.toString('utf8'), name);
}

function parseJson(text: string, name: string): Read {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return no('file-not-json', `"${name}" is not JSON: ${(error as Error).message}`, 'Only JSON can be put in place.');
  }
  const odd = jsonProblem(json);
  if (!odd) return { json };
  return no(
    'file-not-json',
    `"${name}" at ${odd.pointer}: ${odd.message}`,
    odd.hint ?? 'Only plain JSON can be put in place.',
  );
}
