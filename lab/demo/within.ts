import type { UserRequest } from '../witness/users';
import type { Moment } from './report/data';

export interface WindowTimes {
  readonly from: Moment;
  /** null: still open. */
  readonly to: Moment | null;
}

/**
 * Whether a request fell into a window, within its certainty: it was sent between the earliest moment that the window may have opened
 * and the latest that it may have closed.
 */
export const isWithin = ({ beganMs }: Pick<UserRequest, 'beganMs'>, { from, to }: WindowTimes): boolean =>
  beganMs >= (from.notBefore ?? from.seenAt) && beganMs <= (to?.seenAt ?? Number.POSITIVE_INFINITY);
