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

/** What is wrong with the names in a plan's order: given twice, needed of nobody, waiting for itself. */
export function* nameProblems(plan: Plan): Generator<Problem> {
  const nodes = nodesOf(plan);
  const ids = nodes.map(({ id }) => id);
  yield* duplicates(nodes);
  const known = new Set(ids);
  for (const node of nodes) yield* needProblems(plan, node, ids, known);
}

function* duplicates(nodes: readonly Node[]): Generator<Problem> {
  const first = new Map<string, number>();
  for (const { id, index } of nodes) {
    const before = first.get(id);
    if (before === undefined) first.set(id, index);
    else {
      const message = `step "${id}" is there already, as step ${before + 1} of the list`;
      const hint = 'Give each step an id of its own.';
      yield { code: 'duplicate-step', pointer: `/spec/steps/${index}/id`, message, hint };
    }
  }
}

function* needProblems(
  plan: Plan,
  { id, index }: Node,
  ids: readonly string[],
  known: ReadonlySet<string>,
): Generator<Problem> {
  const seen = new Set<string>();
  for (const [i, need] of (plan.spec.steps[index]?.needs ?? []).entries()) {
    const pointer = `/spec/steps/${index}/needs/${i}`;
    if (seen.has(need))
      yield { code: 'duplicate-need', pointer, message: `"${need}" is needed twice`, hint: 'Keep one of them.' };
    else if (need === id)
      yield { code: 'self-need', pointer, message: `step "${id}" cannot wait for itself`, hint: 'Remove it.' };
    else if (!known.has(need)) {
      const others = ids.filter((other) => other !== id);
      yield { code: 'unknown-step', pointer, message: `there is no step "${need}"`, hint: hintFor(need, others) };
    }
    seen.add(need);
  }
}

/**
 * One problem for each group of steps that wait for each other, at its step that comes first in the file, with the whole way
 * round. Needs a plan whose names are in order.
 */
export function* cycleProblems(plan: Plan): Generator<Problem> {
  const nodes = nodesOf(plan);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const left = new Set(byId.keys());
  for (startable(nodes, left); left.size > 0; startable(nodes, left)) {
    const start = nodes.find(({ id }) => left.has(id)) as Node;
    const round = walkRound(start, byId, left);
    yield cycleProblem(plan, round);
    for (const { id } of round) left.delete(id);
  }
}

/** Takes away everything that can start, then everything after it (Kahn's algorithm): what remains waits for a cycle. */
function startable(nodes: readonly Node[], left: Set<string>): void {
  for (let before = -1; before !== left.size;) {
    before = left.size;
    for (const { id, needs } of nodes) if (left.has(id) && !needs.some((need) => left.has(need))) left.delete(id);
  }
}

/**
 * Follows needs among the remaining steps until one comes again; gives the steps of the round, the first of the file first.
 * Each remaining step needs a remaining one, so the walk cannot end.
 */
function walkRound(start: Node, byId: ReadonlyMap<string, Node>, left: ReadonlySet<string>): Node[] {
  const way: Node[] = [];
  let at = start;
  while (!way.includes(at)) {
    way.push(at);
    at = byId.get(at.needs.find((need) => left.has(need)) as string) as Node;
  }
  const round = way.slice(way.indexOf(at));
  const from = round.indexOf(round.reduce((a, b) => (a.index <= b.index ? a : b)));
  return [...round.slice(from), ...round.slice(0, from)];
}

function cycleProblem(plan: Plan, round: readonly Node[]): Problem {
  const first = round[0] as Node;
  const names = [...round, first].map(({ id }) => id).join(' needs ');
  const unwritten = round.find(({ index }) => plan.spec.steps[index]?.needs === undefined);
  const why = unwritten
    ? ` Step "${unwritten.id}" says no needs, so it waits for the one before it; write needs: [] if it should not.`
    : '';
  return {
    code: 'cycle',
    pointer: `/spec/steps/${first.index}/needs`,
    message: `steps wait for each other: ${names}`,
    hint: `Remove one of these needs.${why}`,
  };
}
