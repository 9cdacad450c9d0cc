import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves once it holds; after the time, throws what it waited for and what `told` knows. */
export async function until(
  what: string,
  holds: () => boolean,
  withinMs = 30_000,
  told: () => string = () => '',
): Promise<void> {
  for (const endsAt = performance.now() + withinMs; !holds(); await sleep(5))
    if (performance.now() > endsAt) throw new Error(`not within ${withinMs} ms: ${what}\n${told()}`);
}

/** The same, told by its own code. */
export const soon = (holds: () => boolean, withinMs = 10_000): Promise<void> => until(String(holds), holds, withinMs);
