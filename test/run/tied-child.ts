import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const tied = new Set<ChildProcess>();

/**
 * Runs this Node with these arguments until it ends. It does not outlive this process, unless that is killed. Resolves with its exit code,
 * null when a signal ended it.
 */
export function runTied(args: readonly string[], stdio: StdioOptions): Promise<number | null> {
  const child = spawn(process.execPath, args, { stdio });
  tie(child);
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      untie(child);
      reject(error);
    });
    child.once('exit', (code) => {
      untie(child);
      resolve(code);
    });
  });
}

function tie(child: ChildProcess): void {
  if (tied.size === 0) watchTheEnd();
  tied.add(child);
}

function untie(child: ChildProcess): void {
  tied.delete(child);
  if (tied.size === 0) ignoreTheEnd();
}

function watchTheEnd(): void {
  process.once('exit', endAll);
  for (const signal of SIGNALS) process.on(signal, exitBy);
}

function ignoreTheEnd(): void {
  process.removeListener('exit', endAll);
  for (const signal of SIGNALS) process.removeListener(signal, exitBy);
}

/** Who dies of a signal tells of no exit, so it is made one: others end theirs at it too. */
const exitBy = (signal: NodeJS.Signals): never => process.exit(128 + constants.signals[signal]);

const endAll = (): void => tied.forEach((child) => child.kill());
