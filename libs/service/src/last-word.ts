import { setTimeout as pause } from 'node:timers/promises';
import type { HostLog } from '@causeway/host';

/** How long a process that must not write any more tries to leave word of it, milliseconds. */
const LAST_WORD_MS = 5_000;

/** Waits for the word that a replaced process leaves of what it was refused, but not for long. That it could not is logged. */
export async function lastWord(told: Promise<unknown>, log: HostLog): Promise<void> {
  const failed = (reason: unknown): void => log.error({}, `the refusal is not recorded: ${String(reason)}`);
  await Promise.race([told.catch(failed), pause(LAST_WORD_MS)]);
}
