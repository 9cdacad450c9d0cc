import type { Plan, Problem } from '@causeway/contracts';
import { hintFor } from './nearest';
import { nodesOf } from './graph-problems';

/** Scopes named twice, or by a step though the plan does not have them. */
export function scopeListProblems(plan: Plan): Problem[] {
  const { scopes, steps } = plan.spec;
  const inSteps = steps.flatMap((step, index): Problem[] => {
    const at = `/spec/steps/${index}/scopes`;
    const outside = (step.scopes ?? []).flatMap((scope, i): Problem[] =>
      scopes.includes(scope) || scope === 'global'
        ? []
        : [
            {
              code: 'scope-outside-plan',
              pointer: `${at}/${i}`,
              message: `scope "${scope}" is not one of the plan's`,
              hint: hintFor(scope, scopes),
            },
          ],
    );
    return [...twice(step.scopes ?? [], at), ...outside];
  });
  return [...twice(scopes, '/spec/scopes'), ...inSteps];
}

const twice = (scopes: readonly string[], at: string): Problem[] =>
  scopes.flatMap((scope, i) =>
    scopes.indexOf(scope) < i
      ? [{ code: 'duplicate-scope', pointer: `${at}/${i}`, message: `scope "${scope}" is there twice` }]
      : [],
  );

/** Two steps that make the same kind of change at the same target with no order between them: which one stays is luck. */
export function raceProblems(plan: Plan): Problem[] {
  const before = ancestors(plan);
  const { steps } = plan.spec;
  return steps.flatMap((step, index) => {
    const rival = steps
      .slice(0, index)
      .find(
        (other) =>
          other.target === step.target &&
          other.change === step.change &&
          !before.get(step.id)?.has(other.id) &&
          !before.get(other.id)?.has(step.id) &&
          overlap(plan, step.scopes, other.scopes),
      );
    if (!rival) return [];
    const message = `steps "${rival.id}" and "${step.id}" both make ${step.change} at target "${step.target}", in no order`;
    return [{ code: 'race', pointer: `/spec/steps/${index}/needs`, message, hint: `Let one of them need the other.` }];
  });
}

const overlap = (
  plan: Plan,
  a: readonly string[] = plan.spec.scopes,
  b: readonly string[] = plan.spec.scopes,
): boolean => a.some((scope) => b.includes(scope));

/** Per step everything that comes before it. Needs an acyclic plan. */
function ancestors(plan: Plan): Map<string, Set<string>> {
  const nodes = new Map(nodesOf(plan).map((node) => [node.id, node]));
  const known = new Map<string, Set<string>>();
  const of = (id: string): Set<string> => {
    const done = known.get(id);
    if (done) return done;
    const needs = nodes.get(id)?.needs ?? [];
    const all = new Set(needs.flatMap((need) => [need, ...of(need)]));
    known.set(id, all);
    return all;
  };
  for (const id of nodes.keys()) of(id);
  return known;
}
