import type { Target } from '@causeway/contracts';
import { formatProblems } from './format-problems';
import { readPlanFile, readTargetFile, type PlacedProblem } from './read-plan-file';

export interface Validation {
  readonly ok: boolean;
  /** For people. */
  readonly text: string;
  /** For machines. */
  readonly problems: readonly (PlacedProblem & { readonly path: string })[];
}

/** Checks one plan or Target file, whichever it says it is. Needs no network. */
export function validateFile(path: string, targets: ReadonlyMap<string, Target> | null): Validation {
  const asPlan = readPlanFile(path, targets);
  const isTarget = !asPlan.ok && asPlan.problems.some(({ code }) => code === 'wrong-kind');
  const read = isTarget ? readTargetFile(path) : asPlan;
  if (read.ok) return { ok: true, text: `${path}: ok`, problems: [] };
  return {
    ok: false,
    text: formatProblems(path, read.text, read.problems),
    problems: read.problems.map((problem) => ({ path, ...problem })),
  };
}
