import type { ChangeRequest, Executor } from '@causeway/executor-sdk';

/** One change that can be applied to the real target and taken back. */
export type Sample = Pick<ChangeRequest, 'target' | 'change' | 'with' | 'scopes'>;

/** What the suite needs to know of a system to try an executor on it. */
export interface ConformanceFixture {
  readonly executor: Executor;
  /** A change that is absent at the target now: a fresh resource, or one put back. */
  sample(): Promise<Sample>;
  /** How many writes the target's own history holds about the sample's resource. Never asked of the executor. */
  writes(sample: Sample): Promise<number>;
  /**
   * The same executor on a way to the target that is cut right after the last write of one apply of a sample: from then on every call
   * is refused as not permitted, or nobody is there to be called.
   */
  cutOffAfterWrite(how: 'refused' | 'unreachable'): Promise<Executor>;
  /** Parameters that the executor must refuse. Some of its own are added by the suite. */
  readonly badParameters: readonly ChangeRequest['with'][];
  /** Credentials in use: none may come out anywhere. */
  readonly secrets: readonly string[];
}

/** One case of the suite, for any test runner: `run` rejects with what is wrong. */
export interface ConformanceCase {
  readonly name: string;
  run(): Promise<void>;
}

let attempts = 0;

/** A request of its own attempt for a sample. */
export function requestFor(sample: Sample, signal: AbortSignal = new AbortController().signal): ChangeRequest {
  attempts++;
  const sequenceId = `01890000-0000-7000-8000-${String(attempts).padStart(12, '0')}`;
  return {
    ...sample,
    sequenceId,
    step: 'conformance',
    attempt: 1,
    epoch: 1,
    attemptId: `${sequenceId}/conformance/1`,
    signal,
  };
}
