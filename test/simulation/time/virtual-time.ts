/**
 * The one clock and scheduler of a simulated run.
 *
 * 1. Nothing happens but events, in order of their time and then of their scheduling: one thread, no real timer, no real IO.
 * 2. Between two events all promises settle, so what runs between two ports is whole: an `await` of a port is where another
 *    process, or a crash, can come in between.
 * 3. What runs after an event belongs to the event's process; events of a dead process are dropped, of a paused one put off.
 */
export interface Owner {
  readonly alive: boolean;
  /** Virtual milliseconds; in the past: it runs. */
  readonly pausedUntil: number;
}

interface Event<P> {
  at: number;
  readonly order: number;
  readonly owner: P | null;
  /** null: called off. */
  run: (() => void) | null;
}

const REST_AFTER_EVENTS = 5_000;

export class VirtualTime<P extends Owner = Owner> {
  now = 0;
  /** Whose code runs now; null: the world's own. */
  current: P | null = null;
  events = 0;
  private readonly heap: Event<P>[] = [];
  private order = 0;
  private readonly rest = setImmediate;

  /** Returns what calls it off. */
  schedule(inMs: number, owner: P | null, run: () => void): () => void {
    const event: Event<P> = { at: this.now + Math.max(0, inMs), order: this.order++, owner, run };
    this.push(event);
    return () => {
      event.run = null;
    };
  }

  /** Runs events until the given time, or until `isOver` says so after one, or until there are none. */
  run(untilMs: number, isOver: () => boolean = () => false): Promise<void> {
    return new Promise((resolve, reject) => {
      const step = (): void => {
        try {
          if (!this.runNext(untilMs) || isOver()) return resolve();
        } catch (error) {
          return reject(error as Error);
        }
        if (this.events % REST_AFTER_EVENTS === 0) this.rest(step);
        // A tick that a microtask asks for comes after all microtasks: everything that can settle has settled.
        else queueMicrotask(() => process.nextTick(step));
      };
      this.rest(step);
    });
  }

  private runNext(untilMs: number): boolean {
    for (let event = this.heap[0]; event && event.at <= untilMs; event = this.heap[0]) {
      this.pop();
      const { owner, run } = event;
      if (!run || (owner && !owner.alive)) continue;
      if (owner && owner.pausedUntil > event.at) {
        event.at = owner.pausedUntil;
        this.push(event);
        continue;
      }
      this.now = event.at;
      this.current = owner;
      this.events++;
      run();
      return true;
    }
    this.now = Math.max(this.now, Math.min(untilMs, this.heap[0]?.at ?? untilMs));
    return false;
  }

  private push(event: Event<P>): void {
    const { heap } = this;
    let place = heap.length;
    heap.push(event);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!isBefore(event, heap[parent] as Event<P>)) break;
      heap[place] = heap[parent] as Event<P>;
      place = parent;
    }
    heap[place] = event;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop() as Event<P>;
    if (heap.length === 0) return;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Event<P>, heap[child] as Event<P>)) child++;
      if (!isBefore(heap[child] as Event<P>, last)) break;
      heap[place] = heap[child] as Event<P>;
      place = child;
    }
    heap[place] = last;
  }
}

const isBefore = <P>(a: Event<P>, b: Event<P>): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
