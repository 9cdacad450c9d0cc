/**
 * An executor whose target is a folder: the state is one file a name, and `journal` keeps every call and every effect, also
 * those of processes that were killed. The journal is the truth of the specs, never our own tables.
 */
import { runExecutor, type ExecutorApp } from '../src/index';
import { appendFileSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { journalObserver } from './journal-observer';
import type { ChangeRequest, Executor } from '@causeway/executor-sdk';

const parameters = z.object({
  name: z.string(),
  /** Where this process kills itself; once a name. */
  crash: z.enum(['before-call', 'after-effect']).optional(),
  slowMs: z.number().default(0),
});

const environment = z.object({ JOURNAL_FOLDER: z.string() });

function folderExecutor(folder: string): Executor {
  const file = (request: ChangeRequest): string => join(folder, `state-${parameters.parse(request.with).name}`);
  const note = (text: string): void => appendFileSync(join(folder, 'journal'), `${text}\n`);
  const dieOnce = (request: ChangeRequest, at: string): void => {
    const { name, crash } = parameters.parse(request.with);
    const marker = join(folder, `crashed-${name}`);
    if (crash !== at || existsSync(marker)) return;
    writeFileSync(marker, '');
    process.kill(process.pid, 'SIGKILL');
  };
  const write = async (request: ChangeRequest, there: boolean) => {
    dieOnce(request, 'before-call');
    note(`call ${request.attemptId}`);
    const { slowMs } = parameters.parse(request.with);
    if (slowMs > 0) await new Promise((resolve) => setTimeout(resolve, slowMs));
    if (there) writeFileSync(file(request), '');
    else rmSync(file(request), { force: true });
    note(`effect ${request.attemptId}`);
    dieOnce(request, 'after-effect');
    return { changed: true, evidence: { there } };
  };
  return {
    kind: 'folder',
    version: '1.0.0',
    history: 'ordered-ids',
    changes: {
      'put@v1': { capability: 'C', checksEpoch: false },
      'shout@v1': { capability: 'D', checksEpoch: false },
      'nothing@v1': { capability: 'C', checksEpoch: false },
    },
    lookUp: (request) =>
      Promise.resolve({
        state: request.change !== 'nothing@v1' && existsSync(file(request)) ? 'in-effect' : 'absent',
        byThisAttempt: null,
        evidence: {},
      }),
    apply: (request) =>
      request.change === 'nothing@v1' ? Promise.resolve({ changed: true, evidence: {} }) : write(request, true),
    revert: (request) => write(request, false),
  };
}

/** `JOURNAL_BLIND`: an executor that brings no observer. */
const observing: Pick<ExecutorApp<typeof environment>, 'createObserver'> = process.env['JOURNAL_BLIND']
  ? {}
  : { createObserver: ({ JOURNAL_FOLDER }, { target }) => journalObserver(JOURNAL_FOLDER, target) };

void runExecutor({
  name: 'journal',
  environment,
  createExecutor: ({ JOURNAL_FOLDER }) => folderExecutor(JOURNAL_FOLDER),
  ...observing,
  serialBy: 'sequence',
});
