import type { Outcome } from '@causeway/contracts';
import { runCommand, type Executor, type StartTimer } from '@causeway/executor-sdk';
import type { Claim } from './claim';

/** What became of a claim. */
export interface Answered {
  readonly claim: Claim;
  readonly outcome: Outcome;
  /** Unix milliseconds: claims for people. */
  readonly startedAt: number;
  readonly finishedAt: number;
}

export interface WorkerOptions {
  readonly executor: Executor;
  /**
   * What must not overlap. `target`: one command of a target at a time, for systems without conditional writes.
   * `sequence`: sequences side by side.
   */
  readonly serialBy: 'target' | 'sequence';
  /** Most commands under way at once. */
  readonly concurrency: number;
  now(): number;
  readonly startTimer: StartTimer;
  /** Whether something new may begin: the lease stands. */
  mayStart(): boolean;
  /** Whether this claim may still be written: the lease it was taken under stands. */
  mayWrite(claim: Claim): boolean;
  onAnswer(answered: Answered): void;
}

/** Commands of one queue, first in first out. */
interface Queue {
  readonly key: string;
  readonly claims: Claim[];
}

/**
 * Runs claims against the executor.
 *
 * 1. Claims of one queue (a sequence, or a target) run one after the other in the order they came.
 * 2. Nothing begins without a valid lease; what is under way ends by its own deadline.
 * 3. A higher epoch that comes in refuses what still waits of a lower one.
 */
export class Worker {
  private readonly queues = new Map<string, Queue>();
  private readonly epochs = new Map<string, { highest: number; claims: number }>();
  private ready: Queue[] = [];
  private active = 0;
  private waiting = 0;
  private stopped = false;
  private idle: (() => void) | null = null;

  constructor(private readonly options: WorkerOptions) {}

  /** Claims in memory, under way or waiting. */
  size(): number {
    return this.waiting + this.active;
  }

  add(claims: readonly Claim[]): void {
    for (const claim of claims) {
      this.noteEpoch(claim);
      const key = this.options.serialBy === 'target' ? claim.command.data.target : claim.command.data.sequenceId;
      const queue = this.queues.get(key);
      if (queue) queue.claims.push(claim);
      else this.open({ key, claims: [claim] });
    }
    this.waiting += claims.length;
    this.pump();
  }

  /** Begins what may begin. Called again when the lease comes back. */
  pump(): void {
    while (this.active < this.options.concurrency && !this.stopped && this.options.mayStart()) {
      const queue = this.ready.shift();
      if (!queue) return;
      void this.runNext(queue);
    }
  }

  /** Forgets what has not begun and returns it. */
  dropWaiting(): Claim[] {
    const dropped = [...this.queues.values()].flatMap(({ claims }) => claims);
    for (const queue of this.queues.values()) queue.claims.length = 0;
    for (const queue of this.ready) this.queues.delete(queue.key);
    dropped.forEach((claim) => this.forgetEpoch(claim));
    this.ready = [];
    this.waiting = 0;
    return dropped;
  }

  /** Begins nothing more and waits for what is under way, at most so long. Returns what has not begun. */
  async stop(graceMs: number): Promise<Claim[]> {
    this.stopped = true;
    const dropped = this.dropWaiting();
    if (this.active === 0) return dropped;
    await new Promise<void>((resolve) => {
      const callOff = this.options.startTimer(graceMs, resolve);
      this.idle = () => {
        callOff();
        resolve();
      };
    });
    return dropped;
  }

  private open(queue: Queue): void {
    this.queues.set(queue.key, queue);
    this.ready.push(queue);
  }

  private async runNext(queue: Queue): Promise<void> {
    const claim = queue.claims.shift() as Claim;
    this.waiting--;
    this.active++;
    const startedAt = this.options.now();
    const { executor, now, startTimer } = this.options;
    const highestEpoch = Math.max(claim.highestEpoch, this.epochs.get(claim.command.data.sequenceId)?.highest ?? 0);
    const startedBefore = claim.interrupted;
    const mayWrite = (): boolean => this.options.mayWrite(claim);
    const deps = { now, startTimer, highestEpoch, startedBefore, mayWrite };
    const outcome = await runCommand(executor, claim.command.data, deps);
    this.options.onAnswer({ claim, outcome, startedAt, finishedAt: now() });
    this.forgetEpoch(claim);
    this.active--;
    if (queue.claims.length > 0) this.ready.push(queue);
    else this.queues.delete(queue.key);
    if (this.active === 0 && this.stopped) this.idle?.();
    this.pump();
  }

  private noteEpoch({ command, highestEpoch }: Claim): void {
    const noted = this.epochs.get(command.data.sequenceId);
    if (!noted) {
      this.epochs.set(command.data.sequenceId, { highest: highestEpoch, claims: 1 });
      return;
    }
    noted.highest = Math.max(noted.highest, highestEpoch);
    noted.claims++;
  }

  private forgetEpoch({ command }: Claim): void {
    const noted = this.epochs.get(command.data.sequenceId);
    if (noted && --noted.claims === 0) this.epochs.delete(command.data.sequenceId);
  }
}
