import promises from 'node:timers/promises';
import { performance } from 'node:perf_hooks';
import type { SimProcess } from '../process';
import type { VirtualTime } from './virtual-time';

/** Wall clock of virtual time 0, Unix milliseconds. */
export const EPOCH_MS = Date.UTC(2026, 0, 31, 12);

interface Timer {
  callOff(): void;
  ref(): Timer;
  unref(): Timer;
}

/** Properties of Node that tell or pass time. */
const NAMES = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'clearImmediate'] as const;

/**
 * Puts virtual time in the place of Node's for as long as a run lasts, so that real handlers, which call Node's timers themselves,
 * run on it unchanged. Wall clocks show the offset of the process that asks. `all` puts Node's own back.
 */
export function takeOverTimers(time: VirtualTime<SimProcess>): { all(): void; immediate: typeof setImmediate } {
  const immediate = setImmediate;
  const before = Object.fromEntries(NAMES.map((name) => [name, globalThis[name]]));
  const { now: dateNow } = Date;
  const sleep = promises.setTimeout;
  Object.assign(globalThis, virtualTimers(time));
  Date.now = () => Math.floor(EPOCH_MS + time.now + (time.current?.wallOffsetMs ?? 0));
  performance.now = () => time.now;
  mutable(promises).setTimeout = sleepOn(time);
  const all = (): void => {
    Object.assign(globalThis, before);
    Date.now = dateNow;
    delete (performance as unknown as { now?: unknown }).now;
    mutable(promises).setTimeout = sleep;
  };
  return { all, immediate };
}

const mutable = (module: typeof promises): { setTimeout: unknown } => module;

function virtualTimers(time: VirtualTime<SimProcess>) {
  const timer = (callOff: () => void): Timer => {
    const made: Timer = { callOff, ref: () => made, unref: () => made };
    return made;
  };
  const clear = (one: Timer | null | undefined): void => one?.callOff();
  return {
    setTimeout: (run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) =>
      timer(time.schedule(Math.max(1, ms), time.current, () => run(...args))),
    setImmediate: (run: (...args: unknown[]) => void, ...args: unknown[]) =>
      timer(time.schedule(0, time.current, () => run(...args))),
    setInterval: (run: () => void, ms = 0) => {
      const owner = time.current;
      let callOff: () => void;
      const again = (): void => {
        callOff = time.schedule(Math.max(1, ms), owner, () => {
          again();
          run();
        });
      };
      again();
      return timer(() => callOff());
    },
    ...{ clearTimeout: clear, clearInterval: clear, clearImmediate: clear },
  };
}

function sleepOn(time: VirtualTime<SimProcess>) {
  return <T>(ms: number, value?: T, { signal }: { signal?: AbortSignal } = {}): Promise<T> =>
    new Promise((resolve, reject) => {
      const callOff = time.schedule(Math.max(1, ms), time.current, () => {
        signal?.removeEventListener('abort', abort);
        resolve(value as T);
      });
      const abort = (): void => {
        callOff();
        reject(signal?.reason as Error);
      };
      if (signal?.aborted) abort();
      else signal?.addEventListener('abort', abort, { once: true });
    });
}
