import type { Severity } from './finding';

/** What a process that tells of health ends with: 0 healthy, 1 something fails, 3 not known or waiting for a person, 4 broken. */
export const HEALTH_EXIT: Readonly<Record<Severity, number>> = {
  broken: 4,
  failing: 1,
  unknown: 3,
  attention: 3,
  ok: 0,
};
