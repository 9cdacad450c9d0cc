import { edgesOf, type Edge } from './exposure-windows';
import { covers } from './intervals';
import type { PathState } from './path-state';
import { placedSteps, startOf, surelyBefore, type Placed } from './scope-path';
import { spansOf, tellBounds, type Bounds, type RawSpan } from './span';
import { Timelines, type Timeline } from './timeline';

/** In a scope a step began to be effective, in some member at least, before one that it needs was effective in all members. */
export interface PlanDivergence {
  readonly kind: 'plan';
  readonly scope: string;
  readonly earlier: string;
  readonly later: string;
  readonly direct: boolean;
  /** When the first member showed the later step. */
  readonly laterBegan: Bounds;
  /** When the earlier one was effective in all members for the first time; null: not yet. */
  readonly earlierWhole: Bounds | null;
}

/** Two scopes have different paths, whether or not they look the same in the end. */
export interface ScopeDivergence {
  readonly kind: 'scopes';
  readonly left: string;
  readonly right: string;
  /** The first difference in time. */
  readonly first: PathDifference;
  /** All differences, in the order in which they were to be seen. */
  readonly all: readonly PathDifference[];
}

export type PathDifference =
  /** Both became effective in both scopes, in opposite orders. */
  | {
      readonly kind: 'order';
      readonly firstOnLeft: string;
      readonly firstOnRight: string;
      readonly left: OrderedPair;
      readonly right: OrderedPair;
    }
  /** Effective in one of them only, by now. */
  | { readonly kind: 'only-in'; readonly step: string; readonly scope: string; readonly since: Bounds };

/** When the two steps of a difference became effective in one scope. */
export interface OrderedPair {
  readonly first: Bounds;
  readonly second: Bounds;
}

export interface Divergences {
  readonly plan: readonly PlanDivergence[];
  readonly scopes: readonly ScopeDivergence[];
}

/** How the paths differ from the plan and from each other (P6). */
export function divergences(state: PathState): Divergences {
  const timelines = new Timelines(state);
  const edges = edgesOf(state);
  const pairs = state.planScopes.flatMap((left, i) => state.planScopes.slice(i + 1).map((right) => [left, right]));
  return {
    plan: state.planScopes.flatMap((scope) => edges.flatMap((edge) => fromPlan(timelines, scope, edge))),
    scopes: pairs.flatMap(([left, right]) => between(timelines, left as string, right as string)),
  };
}

/** How the paths of two plan scopes differ; null: nothing that the looks can tell apart. */
export const pathDifference = (state: PathState, left: string, right: string): ScopeDivergence | null =>
  between(new Timelines(state), left, right)[0] ?? null;

function fromPlan(timelines: Timelines, scope: string, { earlier, later, direct }: Edge): PlanDivergence[] {
  const before = timelines.of(earlier, scope);
  const after = timelines.of(later, scope);
  const began = after && spansOf(after.partly)[0]?.from;
  if (!before || !began) return [];
  const whole = spansOf(before.whole)[0]?.from ?? null;
  if (!beganWithout(before, whole, began)) return [];
  const earlierWhole = whole && tellBounds(whole);
  return [{ kind: 'plan', ...{ scope, earlier, later, direct }, laterBegan: tellBounds(began), earlierWhole }];
}

/** Before it was whole for the first time, or while it surely lacked again in some member. */
function beganWithout(before: Timeline, whole: RawSpan['from'] | null, [notBefore, seenAt]: RawSpan['from']): boolean {
  if (whole && seenAt <= whole[0]) return true;
  if (!covers(before.lacking.surely, seenAt)) return false;
  return !whole || notBefore === -Infinity || covers(before.lacking.surely, notBefore);
}

function between(timelines: Timelines, left: string, right: string): ScopeDivergence[] {
  const all = [...orderDifferences(timelines, left, right), ...onlyInOne(timelines, left, right)]
    .sort((a, b) => a.seenAt - b.seenAt)
    .map(({ difference }) => difference);
  const [first] = all;
  return first ? [{ kind: 'scopes', left, right, first, all }] : [];
}

/** A difference with the moment from which it was to be seen. */
interface Dated {
  readonly seenAt: number;
  readonly difference: PathDifference;
}

function orderDifferences(timelines: Timelines, left: string, right: string): Dated[] {
  const onLeft = placedSteps(timelines, left);
  const onRight = new Map(placedSteps(timelines, right).map((one) => [one.step.id, one]));
  return onLeft.flatMap((a, i) =>
    onLeft.slice(i + 1).flatMap((b): Dated[] => {
      const [a2, b2] = [onRight.get(a.step.id), onRight.get(b.step.id)];
      if (!a2 || !b2 || !surelyBefore(a, b) || !surelyBefore(b2, a2)) return [];
      return [swapped(a, b, b2, a2)];
    }),
  );
}

const swapped = (a: Placed, b: Placed, b2: Placed, a2: Placed): Dated => ({
  seenAt: Math.min(startOf(b)[1], startOf(a2)[1]),
  difference: {
    kind: 'order',
    firstOnLeft: a.step.id,
    firstOnRight: b.step.id,
    left: { first: tellBounds(startOf(a)), second: tellBounds(startOf(b)) },
    right: { first: tellBounds(startOf(b2)), second: tellBounds(startOf(a2)) },
  },
});

function onlyInOne(timelines: Timelines, left: string, right: string): Dated[] {
  const only = (scope: string, other: string): Dated[] => {
    const there = new Set(placedSteps(timelines, other).map(({ step }) => step.id));
    return placedSteps(timelines, scope)
      .filter(({ step }) => !there.has(step.id) && timelines.of(step.id, other) !== null)
      .map((one) => ({
        seenAt: startOf(one)[1],
        difference: { kind: 'only-in', step: one.step.id, scope, since: tellBounds(startOf(one)) },
      }));
  };
  return [...only(left, right), ...only(right, left)];
}
