/**
 * What a killed parent leaves running. Each child has a file that names it and its parent by id and start time; at the next
 * start whoever finds a file of a dead parent ends that child. Ids are reused, so both are compared with their start times.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { cacheFolder, type Say } from '../cache/cache-folder';
import { isAlive } from '../cache/lock';

const identity = z.object({ pid: z.number().int().positive(), startedAt: z.string() });
const note = z.object({ name: z.string(), child: identity, parent: identity });
type Identity = z.output<typeof identity>;

const folder = (): string => {
  const path = join(cacheFolder(), 'running');
  mkdirSync(path, { recursive: true });
  return path;
};
const fileOf = (pid: number): string => join(folder(), `${pid}.json`);

const children = new Set<number>();
let self: Identity | null = null;

/** Notes a child, and ends it when this process ends in any way but a kill (under Jest, whose `process` tells of no exit, not at all). */
export function rememberChild(pid: number, name: string): void {
  if (children.size === 0) watchTheEnd();
  children.add(pid);
  self ??= { pid: process.pid, startedAt: startOf(process.pid) };
  const child = { pid, startedAt: startOf(pid) };
  writeFileSync(fileOf(pid), JSON.stringify({ name, child, parent: self }));
}

export function forgetChild(pid: number): void {
  children.delete(pid);
  if (children.size === 0) ignoreTheEnd();
  rmSync(fileOf(pid), { force: true });
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function watchTheEnd(): void {
  process.once('exit', endChildrenNow);
  for (const signal of SIGNALS) process.on(signal, endUnlessHandled);
}

function ignoreTheEnd(): void {
  process.removeListener('exit', endChildrenNow);
  for (const signal of SIGNALS) process.removeListener(signal, endUnlessHandled);
}

/** Who dies of a signal tells of no exit. Whoever listens to signals beside us ends this process in its own order. */
function endUnlessHandled(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) === 1) process.exit(128 + constants.signals[signal]);
}

/** Ends children whose parent is gone. Gives the names of those it ended. */
export function endLeftovers(say: Say): string[] {
  const ended: string[] = [];
  for (const file of readdirSync(folder())) {
    const found = readNote(join(folder(), file));
    if (found && isSame(found.parent)) continue;
    if (found && isSame(found.child)) {
      say(`ending ${found.name} (process ${found.child.pid}), left over from a run that was killed`);
      killGroup(found.child.pid);
      ended.push(found.name);
    }
    rmSync(join(folder(), file), { force: true });
  }
  return ended;
}

function readNote(path: string): z.output<typeof note> | null {
  try {
    return note.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

const isSame = ({ pid, startedAt }: Identity): boolean => isAlive(pid) && startOf(pid) === startedAt;

/** When a process started, as the system says; empty when there is none. Linux counts from boot, others tell the time. */
function startOf(pid: number): string {
  try {
    if (process.platform === 'linux') return startTicks(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env }).trim();
  } catch {
    return '';
  }
}

/** Field 22 of proc(5)'s stat; the second one is a name in brackets that may hold anything. */
const startTicks = (stat: string): string => stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';

function endChildrenNow(): void {
  for (const pid of children) {
    killGroup(pid);
    rmSync(fileOf(pid), { force: true });
  }
}

function killGroup(pid: number): void {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, 'SIGKILL');
    } catch {
      // It is gone, which is what was wanted.
    }
  }
}
