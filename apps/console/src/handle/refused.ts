import type { ProblemItem } from '@causeway/console-api';
import type { z } from 'zod';

/** A request that is not carried out, and why: becomes a problem document (RFC 9457). */
export class Refused extends Error {
  constructor(
    readonly status: 400 | 401 | 403 | 404 | 409 | 413 | 415 | 422 | 503,
    readonly code: string,
    detail: string,
    readonly errors: readonly ProblemItem[] = [],
  ) {
    super(detail);
  }
}

/** The most problems of one body that are listed. */
export const MAX_PROBLEMS = 200;

/** @param base pointer of what was parsed, within the body */
export const problemsOf = (error: z.ZodError, base = ''): ProblemItem[] =>
  error.issues.slice(0, MAX_PROBLEMS).flatMap((issue): ProblemItem[] => {
    if (issue.code !== 'unrecognized_keys') {
      return [{ code: issue.code.replaceAll('_', '-'), pointer: pointerOf(base, issue.path), message: issue.message }];
    }
    return issue.keys.map((key) => ({
      code: 'unknown-key',
      pointer: pointerOf(base, [...issue.path, key]),
      message: `there is no "${key}" here`,
    }));
  });

/** RFC 6901. */
const pointerOf = (base: string, path: readonly PropertyKey[]): string =>
  base + path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
