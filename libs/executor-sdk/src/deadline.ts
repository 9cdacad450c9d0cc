/** Calls back once after so many milliseconds (monotonic). The answer calls it off. */
export type StartTimer = (ms: number, callback: () => void) => () => void;

export class DeadlinePassed extends Error {
  override readonly name = 'DeadlinePassed';
  constructor(ms: number) {
    super(`no answer within ${ms} ms`);
  }
}

/** The signal of one piece of work, made only when somebody asks for it: most work is done without. */
export class Deadline {
  private controller: AbortController | null = null;
  private late: DeadlinePassed | null = null;

  get signal(): AbortSignal {
    if (!this.controller) {
      this.controller = new AbortController();
      if (this.late) this.controller.abort(this.late);
    }
    return this.controller.signal;
  }

  throwIfPassed(): void {
    if (this.late) throw this.late;
  }

  pass(late: DeadlinePassed): void {
    this.late = late;
    this.controller?.abort(late);
  }
}

/**
 * Runs work under a deadline, and answers no later than that even when the work ignores the signal.
 * Rejects with {@link DeadlinePassed} then; whatever the work still does is nobody's result any more.
 */
export function within<T>(ms: number, startTimer: StartTimer, work: (deadline: Deadline) => Promise<T>): Promise<T> {
  const deadline = new Deadline();
  return new Promise<T>((resolve, reject) => {
    const callOff = startTimer(ms, () => {
      const late = new DeadlinePassed(ms);
      deadline.pass(late);
      reject(late);
    });
    const settled = (settle: () => void): void => {
      callOff();
      settle();
    };
    attempt(work, deadline).then(
      (value) => settled(() => resolve(value)),
      (error: unknown) => settled(() => reject(error)),
    );
  });
}

/** Work that throws before its first await rejects like any other. */
async function attempt<T>(work: (deadline: Deadline) => Promise<T>, deadline: Deadline): Promise<T> {
  return work(deadline);
}
