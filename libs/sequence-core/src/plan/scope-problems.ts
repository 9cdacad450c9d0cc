import type { Plan, PlanStep, Problem, Target } from '@causeway/contracts';
import { hintFor } from './nearest';
import { nodesOf } from './graph-problems';
import { isGlobal } from './target-problems';

/** Scopes named twice, or by a step though the plan does not have them. */
export function* scopeListProblems(plan: Plan): Generator<Problem> {
  const { scopes, steps } = plan.spec;
  yield* twice(scopes, '/spec/scopes');
  for (const [index, step] of steps.entries()) {
    const at = `/spec/steps/${index}/scopes`;
    yield* twice(step.scopes ?? [], at);
    for (const [i, scope] of (step.scopes ?? []).entries()) {
      if (scopes.includes(scope) || scope === 'global') continue;
      const message = `scope "${scope}" is not one of the plan's`;
      yield { code: 'scope-outside-plan', pointer: `${at}/${i}`, message, hint: hintFor(scope, scopes) };
    }
  }
}

function* twice(scopes: readonly string[], at: string): Generator<Problem> {
  for (const [i, scope] of scopes.entries())
    if (scopes.indexOf(scope) < i)
      yield {
        code: 'duplicate-scope',
        pointer: `${at}/${i}`,
        message: `scope "${scope}" is there twice`,
        hint: 'Keep one of them.',
      };
}

/**
 * Two steps that make the same kind of change at the same target with no order between them: which one stays is luck.
 * Needs a plan without cycles.
 */
export function* raceProblems(plan: Plan, targets: ReadonlyMap<string, Target> | null): Generator<Problem> {
  const before = ancestors(plan);
  const ordered = (a: number, b: number): boolean =>
    ((before[a] as bigint) & bit(b)) !== 0n || ((before[b] as bigint) & bit(a)) !== 0n;
  const { steps } = plan.spec;
  for (const [index, step] of steps.entries()) {
    const rival = steps
      .slice(0, index)
      .findIndex(
        (other, i) => sameChange(step, other) && !ordered(index, i) && touchSameScope(plan, step, other, targets),
      );
    if (rival < 0) continue;
    const message = `steps "${steps[rival]?.id}" and "${step.id}" both make ${step.change} at target "${step.target}", in no order`;
    yield {
      code: 'race',
      pointer: `/spec/steps/${index}/needs`,
      message,
      hint: 'Let one of them need the other.',
    };
  }
}

const sameChange = (a: PlanStep, b: PlanStep): boolean => a.target === b.target && a.change === b.change;

/** A target that is the same everywhere has nothing to tell two steps apart, whatever scopes they name. */
function touchSameScope(plan: Plan, a: PlanStep, b: PlanStep, targets: ReadonlyMap<string, Target> | null): boolean {
  const target = targets?.get(a.target);
  if (target && isGlobal(target)) return true;
  const ofB = b.scopes ?? plan.spec.scopes;
  return (a.scopes ?? plan.spec.scopes).some((scope) => ofB.includes(scope));
}

const bit = (index: number): bigint => 1n << BigInt(index);

/** Per step the steps before it, as bits by index: 200 steps that all need each other are done in milliseconds. */
function ancestors(plan: Plan): bigint[] {
  const nodes = nodesOf(plan);
  const indexOf = new Map(nodes.map(({ id, index }) => [id, index]));
  const known: bigint[] = [];
  const of = (index: number): bigint => {
    const done = known[index];
    if (done !== undefined) return done;
    let all = 0n;
    for (const need of nodes[index]?.needs ?? []) {
      const at = indexOf.get(need) as number;
      if ((all & bit(at)) === 0n) all |= bit(at) | of(at);
    }
    return (known[index] = all);
  };
  nodes.forEach(({ index }) => of(index));
  return known;
}
