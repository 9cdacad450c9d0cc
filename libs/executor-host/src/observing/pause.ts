import { setTimeout as sleep } from 'node:timers/promises';

/** Waits so long, or until the signal fires. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).then(
    () => undefined,
    () => undefined,
  );
