import type { Evidence } from './executor';

export interface Refusal {
  /** Lower-case words with `-`, for programs: `unknown-group`. */
  readonly code: string;
  /** What is wrong. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy?: string;
  /** True when the same change may go through later, untouched. */
  readonly retriable?: boolean;
  readonly evidence?: Evidence;
}

/**
 * Thrown by an executor when nothing was written, certainly: the target refused, or the call never left.
 * When there is any doubt, throw something else: doubt is settled by a look-up, a wrong certainty by nobody.
 */
export class NotApplied extends Error {
  override readonly name = 'NotApplied';
  readonly code: string;
  readonly retriable: boolean;
  readonly evidence: Evidence;

  constructor({ code, message, remedy, retriable = false, evidence = {} }: Refusal) {
    super(remedy ? `${message}; ${remedy}` : message);
    this.code = code;
    this.retriable = retriable;
    this.evidence = evidence;
  }
}
