import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below those that the system itself gives to outgoing connections (from 32768 on Linux, 49152 on macOS): a port is taken up only
 * seconds after it was found, and until then no connection may get it.
 */
const LOWEST = 20_000;
const HIGHEST = 32_000;
const TRIES = 200;

/** Given out by this process, free or not: what asked for one may not listen on it yet. */
const given = new Set<number>();

/** So many different free TCP ports on loopback. None is given twice by one process. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) ports.push(await freePort());
  return ports;
}

async function freePort(): Promise<number> {
  for (let i = 0; i < TRIES; i++) {
    const port = randomInt(LOWEST, HIGHEST);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
  }
  throw new Error(`found no free port between ${LOWEST} and ${HIGHEST} in ${TRIES} tries`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
