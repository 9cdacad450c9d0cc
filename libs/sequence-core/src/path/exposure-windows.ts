import { intersect, meets, unite, without, type Interval, type Intervals } from './intervals';
import { madeBy } from './made-by';
import type { PathState } from './path-state';
import { onlyPossible, spansOf, tell, tellSpan, type RawSpan, type Span } from './span';
import { answerAt, Timelines, type Known, type Timeline } from './timeline';

/** A later step was effective in some member of the scope while an earlier one was missing in some member. */
export interface ExposureWindow extends Span {
  readonly scope: string;
  readonly earlier: string;
  readonly later: string;
  /** False: the plan says it through other steps. */
  readonly direct: boolean;
  /** Members of the earlier step that surely lacked it in the meantime. */
  readonly membersLacking: readonly string[];
  /** Ledger indices of the looks that show its beginning and its end. */
  readonly evidence: { readonly from: number; readonly to: number | null };
}

/** A time in which there can have been a window, but nobody saw one. */
export interface UncertainTime {
  readonly scope: string;
  readonly earlier: string;
  readonly later: string;
  /** RFC 3339; null: since before the first look. */
  readonly from: string | null;
  /** null: still so. */
  readonly to: string | null;
  /** `untold`: a member did not answer, or nobody looked; `between-looks`: both changed between the same looks. */
  readonly why: 'untold' | 'between-looks';
}

export interface Exposure {
  readonly windows: readonly ExposureWindow[];
  readonly uncertain: readonly UncertainTime[];
}

/** Steps by what they need, through others too. */
export interface Edge {
  readonly earlier: string;
  readonly later: string;
  readonly direct: boolean;
}

/** All exposure windows of a sequence, per plan scope and edge of its plan, and the times of which nothing can be said. */
export const exposureWindows = (state: PathState): Exposure => exposureOf(new Timelines(state), edgesOf(state));

export function exposureOf(timelines: Timelines, edges: readonly Edge[]): Exposure {
  const windows: ExposureWindow[] = [];
  const uncertain: UncertainTime[] = [];
  for (const scope of timelines.state.planScopes) {
    for (const edge of edges) {
      const earlier = timelines.of(edge.earlier, scope);
      const later = timelines.of(edge.later, scope);
      if (!earlier || !later) continue;
      const known = exposedTime(earlier, later);
      const spans = spansOf(known);
      windows.push(...spans.map((span) => tellWindow(timelines.state, scope, edge, earlier, later, span)));
      uncertain.push(...uncertainTimes(scope, edge, earlier, later, known, spans));
    }
  }
  return { windows, uncertain };
}

const exposedTime = ({ lacking }: Timeline, { partly }: Timeline): Known => ({
  surely: intersect(lacking.surely, partly.surely),
  possibly: intersect(lacking.possibly, partly.possibly),
});

function tellWindow(
  state: PathState,
  scope: string,
  { earlier: first, later: second, direct }: Edge,
  earlier: Timeline,
  later: Timeline,
  span: RawSpan,
): ExposureWindow {
  return {
    ...{ scope, earlier: first, later: second, direct },
    ...tellSpan(span, state.acceptedAt),
    membersLacking: lackingIn(earlier, [span.from[1], span.to[0]]),
    evidence: {
      from: Math.max(answerAt(earlier, 'lacks', span.from[1]), answerAt(later, 'shows', span.from[1])),
      to:
        span.to[1] === Infinity
          ? null
          : Math.max(answerAt(earlier, 'shows', span.to[1]), answerAt(later, 'lacks', span.to[1])),
    },
  };
}

const lackingIn = ({ lackedBy }: Timeline, time: Interval): string[] =>
  Object.entries(lackedBy)
    .filter(([, lacked]) => meets(lacked, time))
    .map(([member]) => member);

/**
 * What could have been a window and is none. Two changes between the same looks are told apart by their cause where the later one is
 * our own work: it was ordered only after the earlier one had been seen everywhere.
 */
function uncertainTimes(
  scope: string,
  { earlier: first, later: second }: Edge,
  earlier: Timeline,
  later: Timeline,
  known: Known,
  spans: readonly RawSpan[],
): UncertainTime[] {
  const extents = spans.map(({ from, to }): Interval => [from[0], to[1]]);
  const untold = without(untoldTimes(earlier, later), extents);
  const close = onlyPossible(known);
  const between = close.length === 0 || isOurWork(later) ? [] : without(close, untold);
  const told = (why: UncertainTime['why'], [from, to]: Interval): UncertainTime => ({
    ...{ scope, earlier: first, later: second, why },
    from: from === -Infinity ? null : tell(from),
    to: to === Infinity ? null : tell(to),
  });
  return [...untold.map((one) => told('untold', one)), ...between.map((one) => told('between-looks', one))];
}

/** When it can have been so because a member did not tell. */
function untoldTimes(earlier: Timeline, later: Timeline): Intervals {
  const untold = unite(earlier.untold, later.untold);
  if (untold.length === 0) return [];
  const lacking = unite(earlier.lacking.possibly, earlier.untold);
  const partly = unite(later.partly.possibly, later.untold);
  return intersect(lacking, partly).filter((time) => meets(untold, time));
}

function isOurWork(timeline: Timeline): boolean {
  const { step, scope, partly } = timeline;
  const first = spansOf(partly)[0];
  return first !== undefined && madeBy(step, scope, answerAt(timeline, 'shows', first.from[1])).kind === 'executor';
}

/** Every pair of steps of which the plan says that one comes first, in plan order of the later one. */
export function edgesOf({ order, steps }: PathState): Edge[] {
  const before = new Map<string, ReadonlySet<string>>();
  const allBefore = (id: string): ReadonlySet<string> => {
    const there = before.get(id);
    if (there) return there;
    const needs = steps[id]?.needs ?? [];
    const all = new Set(needs.flatMap((need) => [need, ...allBefore(need)]));
    before.set(id, all);
    return all;
  };
  return order.flatMap((later) => {
    const all = allBefore(later);
    return order
      .filter((id) => all.has(id))
      .map((earlier) => ({ earlier, later, direct: steps[later]?.needs.includes(earlier) ?? false }));
  });
}
