import { setTimeout as pause } from 'node:timers/promises';

const LOOK_EVERY_MS = 50;

/**
 * The first answer that is something. A look that fails counts as "not yet" (what is looked at may just be restarting); when
 * the time is over the last failure is told.
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  withinMs: number,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  let trouble = '';
  for (;;) {
    try {
      const seen = await look();
      if (seen !== null && seen !== undefined && seen !== false) return seen;
    } catch (error) {
      trouble = error instanceof Error ? ` (${error.message})` : '';
    }
    if (Date.now() > deadline) throw new Error(`${withinMs / 1_000} s and still not: ${what}${trouble}`);
    await pause(LOOK_EVERY_MS);
  }
}
