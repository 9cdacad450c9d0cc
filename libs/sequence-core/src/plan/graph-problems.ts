import type { Plan, Problem } from '@causeway/contracts';
import { hintFor } from './nearest';

/** Steps with what they need made explicit: the previous step where a plan says nothing. */
export interface Node {
  readonly id: string;
  readonly index: number;
  readonly needs: readonly string[];
}

export const nodesOf = (plan: Plan): Node[] =>
  plan.spec.steps.map(({ id, needs }, index) => {
    const previous = plan.spec.steps[index - 1]?.id;
    return { id, index, needs: needs ?? (previous === undefined ? [] : [previous]) };
  });

/** Everything wrong with the order of a plan: names given twice, needs of nobody, steps that wait for themselves. */
export function graphProblems(plan: Plan): Problem[] {
  const nodes = nodesOf(plan);
  const ids = new Set(nodes.map(({ id }) => id));
  const named = [...duplicates(nodes), ...nodes.flatMap((node) => needProblems(plan, node, ids))];
  return named.length > 0 ? named : cycleProblems(nodes);
}

function duplicates(nodes: readonly Node[]): Problem[] {
  const first = new Map<string, number>();
  return nodes.flatMap(({ id, index }) => {
    const before = first.get(id);
    if (before === undefined) return first.set(id, index) && [];
    const message = `step "${id}" is there already, as step ${before + 1} of the list`;
    return [
      { code: 'duplicate-step', pointer: `/spec/steps/${index}/id`, message, hint: 'Give each step an id of its own.' },
    ];
  });
}

function needProblems(plan: Plan, { id, index }: Node, ids: ReadonlySet<string>): Problem[] {
  const written = plan.spec.steps[index]?.needs ?? [];
  return written.flatMap((need, i): Problem[] => {
    const pointer = `/spec/steps/${index}/needs/${i}`;
    if (need === id) return [{ code: 'self-need', pointer, message: `step "${id}" cannot wait for itself` }];
    if (!ids.has(need))
      return [{ code: 'unknown-step', pointer, message: `there is no step "${need}"`, hint: hintFor(need, [...ids]) }];
    if (written.indexOf(need) < i) return [{ code: 'duplicate-need', pointer, message: `"${need}" is needed twice` }];
    return [];
  });
}

/** One problem a cycle, at its step that comes first in the file, with the whole way round. */
function cycleProblems(nodes: readonly Node[]): Problem[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const left = withoutEnds(nodes);
  const problems: Problem[] = [];
  while (left.size > 0) {
    const start = nodes.find(({ id }) => left.has(id)) as Node;
    const way = walkRound(start, byId, left);
    const first = way.reduce((a, b) => (a.index <= b.index ? a : b));
    const from = way.indexOf(first);
    const round = [...way.slice(from), ...way.slice(0, from), first].map(({ id }) => id);
    const pointer = `/spec/steps/${first.index}/needs`;
    problems.push({
      code: 'cycle',
      pointer,
      message: `steps wait for each other: ${round.join(' needs ')}`,
      hint: 'Remove one of these needs.',
    });
    for (const { id } of way) left.delete(id);
    for (const id of [...left]) if (!reachesCycle(id, byId, left)) left.delete(id);
  }
  return problems;
}

/** Steps that remain when everything that can start, then everything after it, is taken away (Kahn's algorithm). */
function withoutEnds(nodes: readonly Node[]): Set<string> {
  const left = new Set(nodes.map(({ id }) => id));
  for (let before = -1; before !== left.size;) {
    before = left.size;
    for (const { id, needs } of nodes) if (left.has(id) && !needs.some((need) => left.has(need))) left.delete(id);
  }
  return left;
}

/** Follows needs among the remaining steps until one comes again; gives the steps of the round. */
function walkRound(start: Node, byId: ReadonlyMap<string, Node>, left: ReadonlySet<string>): Node[] {
  const way: Node[] = [];
  let at = start;
  while (!way.includes(at)) {
    way.push(at);
    at = byId.get(at.needs.find((need) => left.has(need)) as string) as Node;
  }
  return way.slice(way.indexOf(at));
}

const reachesCycle = (id: string, byId: ReadonlyMap<string, Node>, left: ReadonlySet<string>): boolean =>
  (byId.get(id)?.needs ?? []).some((need) => left.has(need));
