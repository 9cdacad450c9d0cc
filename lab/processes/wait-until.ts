import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 100;

/**
 * Looks until it is so. Throws when that takes longer; what a look throws is thrown at once.
 * @param what as in "it is not so that ..."
 */
export async function waitUntil(what: string, withinMs: number, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`after ${withinMs / 1_000} s it is still not so that ${what}`);
    await sleep(LOOK_EVERY_MS);
  }
}
