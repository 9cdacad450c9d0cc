/**
 * An executor whose targets are shelves: a file each, whose text is its value. `journal` keeps every look and every write, of processes
 * that were killed too, and is the truth of the scenarios; `history-<target>` is what a target tells of itself.
 */
import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { runExecutor } from '@causeway/executor-host';
import type { ChangeRequest, Executor, Observer, SeenMutation } from '@causeway/executor-sdk';
import { z } from 'zod';

const environment = z.object({ SHELF_FOLDER: z.string(), SHELF_NAME: z.string() });

/** Text of a file; empty when it is not there. */
const textOf = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');
const linesOf = (path: string): string[] => textOf(path).split('\n').slice(0, -1);
const valueOf = (request: ChangeRequest): string => String(request.with['value']);

function shelfExecutor(folder: string): Executor {
  const note = (what: string, request: ChangeRequest): void =>
    appendFileSync(join(folder, 'journal'), `${what} ${valueOf(request)} ${request.attemptId}\n`);
  const write = (request: ChangeRequest): void => {
    const shelf = join(folder, request.target);
    writeFileSync(shelf, valueOf(request));
    note('write', request);
    // When it happened is the target's word: the file system's clock, not this process's.
    const at = new Date(statSync(shelf).mtimeMs).toISOString();
    appendFileSync(`${join(folder, 'history')}-${request.target}`, `${request.attemptId} ${at} ${valueOf(request)}\n`);
  };
  return {
    kind: 'shelf',
    version: '1.0.0',
    history: 'ordered-ids',
    changes: { 'put@v1': { capability: 'C', checksEpoch: false } },
    lookUp: async (request) => {
      const found = textOf(join(folder, request.target));
      note('look', request);
      // Between what was seen and what is made of it, as long as the scenario wants it.
      await pause(Number(textOf(join(folder, 'slow-look'))));
      return { state: found === valueOf(request) ? 'in-effect' : 'absent', byThisAttempt: null, evidence: { found } };
    },
    apply: async (request) => {
      write(request);
      await pause(Number(textOf(join(folder, 'slow-answer'))));
      return { changed: true, evidence: {} };
    },
    revert: () => Promise.reject(new Error('a shelf takes nothing back')),
  };
}

const shelfObserver = (folder: string, target: string): Observer => {
  const lines = (): string[] => linesOf(join(folder, `history-${target}`));
  return {
    everyMs: 100,
    begin: () => Promise.resolve(lines().length),
    sweep: (cursor) => {
      const all = lines();
      const seen = all.slice(cursor as number).map((line, i) => seenIn(line, String((cursor as number) + i)));
      return Promise.resolve({ mutations: seen, cursor: all.length, gap: null });
    },
  };
};

function seenIn(line: string, id: string): SeenMutation {
  const [attemptId, at, value] = line.split(' ') as [string, string, string];
  return {
    ...{ resource: 'value', change: 'put@v1', with: { value }, effect: 'set', scopes: null },
    actor: { kind: 'service', name: 'shelf-keeper' },
    channel: { client: null, token: null, address: null },
    before: { kind: 'unknown' },
    after: { kind: 'known', value },
    by: { kind: 'executor', attemptId },
    source: { id, detail: {} },
    happened: { kind: 'at', at },
  };
}

void runExecutor({
  name: process.env['SHELF_NAME'] ?? '',
  environment,
  createExecutor: ({ SHELF_FOLDER }) => shelfExecutor(SHELF_FOLDER),
  createObserver: ({ SHELF_FOLDER }, { target }) => shelfObserver(SHELF_FOLDER, target),
});
