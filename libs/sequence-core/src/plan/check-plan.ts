import { plan as planSchema, type FrozenStep, type Plan, type Problem, type Target } from '@causeway/contracts';
import { bounded } from './bounded';
import { freeze } from './freeze';
import { cycleProblems, nameProblems } from './graph-problems';
import { policyProblems } from './policy-problems';
import { readForm } from './schema-problems';
import { raceProblems, scopeListProblems } from './scope-problems';
import { sizeProblems } from './size-problems';
import { targetProblems } from './target-problems';

/**
 * Whether a plan can run at all. Total: any JSON gives an answer, every problem is named with its place, and a plan that
 * passes is frozen as it will run.
 *
 * 1. Form first, then order, then the targets: later checks see only what the earlier ones let through.
 * 2. What passes also fits the messages that tell it: its acceptance, its orders, and the evidence of each gate.
 * 3. Without targets only form and order are checked, and nothing is frozen.
 * 4. An answer is bounded, in number and in characters, whatever the plan is: a refusal is itself recorded.
 */
export type PlanCheck =
  | { readonly ok: true; readonly plan: Plan; readonly steps: FrozenStep[] }
  | { readonly ok: false; readonly problems: Problem[] };

/** @param targets the registered targets by name, or null when they are not known here */
export function checkPlan(document: unknown, targets: ReadonlyMap<string, Target> | null): PlanCheck {
  const formed = readForm(planSchema, document);
  if (!formed.ok) return formed;
  const plan = formed.value;
  const problems = bounded(problemsOf(plan, targets));
  if (problems.length > 0) return { ok: false, problems };
  if (!targets) return { ok: true, plan, steps: [] };
  const steps = freeze(plan, targets);
  const tooLarge = bounded(sizeProblems(plan, steps));
  return tooLarge.length > 0 ? { ok: false, problems: tooLarge } : { ok: true, plan, steps };
}

function* problemsOf(plan: Plan, targets: ReadonlyMap<string, Target> | null): Generator<Problem> {
  yield* orderProblems(plan, targets);
  yield* scopeListProblems(plan);
  yield* policyProblems(plan);
  if (targets) yield* targetProblems(plan, targets);
}

/** Each check needs what the one before it assures: names that are unique and known, then no cycle. */
function* orderProblems(plan: Plan, targets: ReadonlyMap<string, Target> | null): Generator<Problem> {
  for (const check of [nameProblems, cycleProblems, raceProblems]) {
    let found = false;
    for (const problem of check(plan, targets)) {
      found = true;
      yield problem;
    }
    if (found) return;
  }
}
