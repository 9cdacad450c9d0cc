import { readFileSync } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Say } from './cache-folder';

const POLL_MS = 200;
/** A lock without an owner's name is one being made; older than this its maker died between two calls. */
const NAMELESS_MS = 10_000;
/** Longest honest set-up step, a first download on a slow line. */
const PATIENCE_MS = 20 * 60_000;

/**
 * Runs `work` while holding the lock folder `path`. Waits for a living owner, takes over from a dead one. The folder is
 * made by `mkdir`, which succeeds for one process only.
 */
export async function withLock<T>(path: string, say: Say, work: () => Promise<T>): Promise<T> {
  await acquire(path, say);
  try {
    return await work();
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}

async function acquire(path: string, say: Say): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (let waited = false; !(await tryAcquire(path)); waited = true) {
    const owner = await ownerOf(path);
    if (!waited) say(`waiting for another set-up (process ${owner ?? 'unknown'}) to finish with ${path}`);
    if (Date.now() > deadline)
      throw new Error(`${path} is held by process ${owner ?? 'unknown'} for too long. End it, or remove that folder`);
    if (await isStale(path, owner)) await takeAway(path, owner);
    else await sleep(POLL_MS);
  }
}

async function tryAcquire(path: string): Promise<boolean> {
  try {
    await mkdir(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  await writeFile(join(path, 'owner'), String(process.pid));
  return true;
}

async function ownerOf(path: string): Promise<number | null> {
  const text = await readFile(join(path, 'owner'), 'utf8').catch(() => '');
  return Number(text) || null;
}

async function isStale(path: string, owner: number | null): Promise<boolean> {
  if (owner !== null) return !isAlive(owner);
  const made = await stat(path).catch(() => null);
  return made !== null && Date.now() - made.mtimeMs > NAMELESS_MS;
}

/** Two waiters may both see a dead owner: the rename succeeds for one, and what it got is looked at again. */
async function takeAway(path: string, deadOwner: number | null): Promise<void> {
  const aside = `${path}.${process.pid}.stale`;
  const moved = await rename(path, aside).then(
    () => true,
    () => false,
  );
  if (!moved) return;
  if ((await ownerOf(aside)) === deadOwner) return rm(aside, { recursive: true, force: true });
  await rename(aside, path);
}

/** True while a process of that id runs, whoever owns it. One that has ended and waits for its parent to notice does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return !isZombie(pid);
}

/** Where no init process collects the dead, they stay in the list. Linux only: elsewhere init always does. */
function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return false;
  }
}
