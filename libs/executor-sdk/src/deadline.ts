/** Calls back once after so many milliseconds (monotonic). The answer calls it off. */
export type StartTimer = (ms: number, callback: () => void) => () => void;

export class DeadlinePassed extends Error {
  override readonly name = 'DeadlinePassed';
  constructor(ms: number) {
    super(`no answer within ${ms} ms`);
  }
}

/**
 * Runs work that gets a signal, and answers no later than the deadline even when the work ignores the signal.
 * Rejects with {@link DeadlinePassed} then; whatever the work still does is nobody's result any more.
 */
export function within<T>(ms: number, startTimer: StartTimer, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  return new Promise<T>((resolve, reject) => {
    const callOff = startTimer(ms, () => {
      const late = new DeadlinePassed(ms);
      abort.abort(late);
      reject(late);
    });
    const settled = (settle: () => void): void => {
      callOff();
      settle();
    };
    attempt(work, abort.signal).then(
      (value) => settled(() => resolve(value)),
      (error: unknown) => settled(() => reject(error)),
    );
  });
}

/** Work that throws before its first await rejects like any other. */
async function attempt<T>(work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
  return work(signal);
}
