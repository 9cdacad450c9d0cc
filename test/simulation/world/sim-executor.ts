import { NotApplied, type ChangeRequest, type Executor, type LookUp, type Written } from '@causeway/executor-sdk';
import type { Twin } from '../calls';
import { begins, diesAfter, type Ground } from '../ports';
import { never, type SimProcess } from '../process';
import type { SimTarget } from './sim-target';

export const CAPABILITIES = ['A', 'B', 'C', 'D'] as const;
export const changeOf = (capability: string): string => `set-${capability.toLowerCase()}@v1`;

export const capabilityOf = (change: string): string => change.charAt(4).toUpperCase();
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const NETWORK_MS = { least: 2, most: 40, slow: 6_000 };
const HANG_UP_MS = 8_000;
const LATE_MS = 25_000;

const WRITE_FAULTS = [
  'target-unreachable',
  'target-refuses',
  'call-lost',
  'answer-of-call-lost',
  'effect-after-timeout',
  'call-hangs',
  'error-although-done',
  'success-although-not-done',
] as const;

const unreachable = (): NotApplied =>
  new NotApplied({ code: 'target-unreachable', message: 'no connection', retriable: true });
const refused = (): NotApplied => new NotApplied({ code: 'refused-by-target', message: 'the target will not have it' });

/** How a remote call goes: when it arrives, and what its caller hears when. */
interface Course {
  readonly arrives: boolean;
  readonly arrivesInMs: number;
  /** An error whatever became of the call; absent: what the target answered. */
  readonly error?: Error;
  readonly answersInMs: number;
}

interface Sent {
  readonly kind: string;
  readonly signal: AbortSignal;
  readonly course: Course;
  /** Of a write. */
  readonly attemptId?: string;
  readonly capability?: string;
}

/** "It did not happen" and "it happened" look the same to who called. */
const twisted = (course: Course, twin: Twin | null): Course =>
  twin ? { ...course, arrives: twin === 'done', error: new Error('socket hang up') } : course;

/** An executor for the simulated targets: what a vendor team would write, over a network that loses and lies. */
export class SimExecutor implements Executor {
  readonly kind = 'simulated';
  readonly version = '1.0.0';
  readonly history = 'ordered-ids';
  readonly changes = Object.fromEntries(
    CAPABILITIES.map((capability) => [changeOf(capability), { capability, checksEpoch: false }]),
  );
  /** Class A: the version that was looked at, by attempt. */
  private readonly versions = new Map<string, number>();

  constructor(
    private readonly target: SimTarget,
    private readonly ground: Ground,
    private readonly process: SimProcess,
  ) {}

  lookUp({ attemptId, change, with: values, signal }: ChangeRequest): Promise<LookUp> {
    const { faults } = this.ground;
    const fault = faults.oneOf('target-unreachable', 'look-up-fails', 'look-up-cannot-tell');
    const error = fault === 'target-unreachable' ? unreachable() : fault ? new Error('socket hang up') : undefined;
    const course = this.course(fault === 'look-up-cannot-tell' ? undefined : error);
    return this.call({ kind: 'look-up', signal, course }, (): LookUp => {
      const found = this.target.read(textOf(values.resource), attemptId);
      if (fault === 'look-up-cannot-tell' || capabilityOf(change) === 'D')
        return { state: 'unknown', byThisAttempt: null, evidence: {} };
      this.versions.set(attemptId, found?.version ?? 0);
      const state = found?.value === textOf(values.value) ? 'in-effect' : 'absent';
      return { state, byThisAttempt: found ? found.by === attemptId : null, evidence: { value: found?.value ?? null } };
    });
  }

  async apply({ attemptId, change, with: values, signal }: ChangeRequest): Promise<Written> {
    const capability = capabilityOf(change);
    const [resource, value] = [textOf(values.resource), textOf(values.value)];
    const sentAt = this.ground.time.now;
    const from = `${this.process.name} ${this.process.life}`;
    const onVersion = capability === 'A' ? (this.versions.get(attemptId) ?? 0) : undefined;
    const sent = { kind: 'apply', signal, course: this.writeCourse(capability), attemptId, capability };
    const taken = await this.call(sent, () =>
      this.target.write({ resource, value, attemptId, from, capability, sentAt, onVersion }),
    );
    if (!taken) throw new NotApplied({ code: 'version-conflict', message: 'somebody was first', retriable: true });
    return { changed: true, evidence: {} };
  }

  revert(): Promise<Written> {
    return Promise.reject(refused());
  }

  private course(error: Error | undefined, arrives = !error): Course {
    const { dice, faults } = this.ground;
    const most = faults.strikes('target-slow') ? NETWORK_MS.slow : NETWORK_MS.most;
    const arrivesInMs = dice.between(NETWORK_MS.least, most);
    const answersInMs = arrivesInMs + dice.between(NETWORK_MS.least, most);
    return { arrives, arrivesInMs, error, answersInMs };
  }

  private writeCourse(capability: string): Course {
    const { faults, dice, scenario } = this.ground;
    const lost = new Error('socket hang up');
    const usual = this.course(undefined);
    const hungUpInMs = usual.arrivesInMs + dice.between(100, HANG_UP_MS);
    if (scenario.told?.losesFirstAnswerOf === capability && !this.target.sent.has(capability))
      return { ...usual, error: lost };
    switch (faults.oneOf(...WRITE_FAULTS)) {
      case 'target-unreachable':
        return { ...usual, arrives: false, error: unreachable() };
      case 'target-refuses':
        return { ...usual, arrives: false, error: refused() };
      case 'call-lost':
        return { ...usual, arrives: false, error: lost, answersInMs: hungUpInMs };
      case 'answer-of-call-lost':
        return { ...usual, error: lost, answersInMs: hungUpInMs };
      case 'effect-after-timeout':
        return { ...usual, error: lost, answersInMs: hungUpInMs, arrivesInMs: hungUpInMs + dice.between(100, LATE_MS) };
      case 'call-hangs':
        return { ...usual, arrives: dice.chance(0.5), answersInMs: Infinity };
      case 'error-although-done':
        return { ...usual, error: new Error('the target answered 500') };
      case 'success-although-not-done':
        return { ...usual, arrives: false };
      case null:
        return usual;
    }
  }

  /** Who calls hears the answer, or gives up when the signal fires; what is on its way arrives all the same. */
  private call<T>({ kind, signal, course: planned, attemptId, capability }: Sent, act: () => T): Promise<T> {
    const { ground, process, target } = this;
    const begun = begins(ground, { process, kind, of: target.name });
    if (begun.isDead) return never();
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    const course = twisted(planned, begun.twin);
    if (attemptId !== undefined) target.leaves(attemptId, capability ?? '');
    let answer: (() => T) | undefined;
    ground.time.schedule(course.arrivesInMs, null, () => {
      if (attemptId !== undefined) target.isOver(attemptId);
      if (!course.arrives) return;
      const value = act();
      answer = () => value;
    });
    if (diesAfter(ground, process, begun)) return never();
    return this.answered(signal, course, () => (answer ? answer() : this.lie<T>()));
  }

  private answered<T>(signal: AbortSignal, course: Course, answer: () => T): Promise<T> {
    const { time } = this.ground;
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      if (course.answersInMs === Infinity) return;
      time.schedule(course.answersInMs, this.process, () => {
        if (course.error) reject(course.error);
        else resolve(answer());
      });
    });
  }

  /** A target that says it is done without having done it. */
  private lie<T>(): T {
    this.target.lied();
    return true as T;
  }
}
