import { randomInt } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { cacheFolder } from '../cache/cache-folder';
import { isAlive } from '../cache/lock';

/**
 * Below those that the system itself gives to outgoing connections (from 32768 on Linux, 49152 on macOS): a port is taken up only
 * seconds after it was found, and until then no connection may get it.
 */
const LOWEST = 20_000;
const HIGHEST = 32_000;
const TRIES = 200;

/**
 * A file a port, with the process that was given it: what asked for one may not listen on it yet. All runs of a user share them, also
 * those with temp folders of their own.
 */
function claimsFolder(): string {
  const folder = join(cacheFolder(), 'ports');
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** So many different free TCP ports on loopback. None is given twice while the process lives that it was given to. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) ports.push(await freePort());
  return ports;
}

async function freePort(): Promise<number> {
  for (let i = 0; i < TRIES; i++) {
    const port = randomInt(LOWEST, HIGHEST);
    if (claim(port) && (await isFree(port))) return port;
  }
  throw new Error(`found no free port between ${LOWEST} and ${HIGHEST} in ${TRIES} tries`);
}

function claim(port: number): boolean {
  const file = join(claimsFolder(), String(port));
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    // Left by one that has ended: the next who draws this port may have it.
    if (!isAlive(ownerOf(file))) rmSync(file, { force: true });
    return false;
  }
}

/** A claim that is just being written, or was just taken away, counts as that of a living process: this one. */
function ownerOf(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8')) || process.pid;
  } catch {
    return process.pid;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
