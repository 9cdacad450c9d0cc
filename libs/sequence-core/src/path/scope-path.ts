import { madeBy, type MadeBy } from './made-by';
import type { FollowedStep, PathState } from './path-state';
import { spansOf, tellBounds, tellSpan, widthOf, type Bounds, type RawSpan, type Span } from './span';
import { answerAt, Timelines, type Timeline } from './timeline';

/** Where and when a step became effective in a plan scope. */
export interface PathStep {
  readonly step: string;
  readonly target: string;
  /** The step's scope: the plan scope, or `global`. */
  readonly scope: string;
  /** When all members first showed it. */
  readonly effective: Bounds;
  /** How exactly that is known, milliseconds. */
  readonly certaintyMs: number;
  /** When the first member showed it. */
  readonly partly: Bounds;
  /** All stretches in which all members showed it: more than one when it was lost in between. */
  readonly spans: readonly Span[];
  readonly madeBy: MadeBy;
  /** Of the sighting that shows the last member; of the ready record where nothing watches it. */
  readonly ledgerIndex: number;
  readonly watched: boolean;
}

/** The path of a plan scope. */
export interface ScopePath {
  readonly scope: string;
  /** In the order in which they became effective; where the looks cannot tell two apart, in the order of the plan. */
  readonly steps: readonly PathStep[];
  /** Steps that concern this scope and were never seen effective in all its members. */
  readonly notEffective: readonly string[];
}

/** A path step with its bounds as numbers, for comparing. */
export interface Placed {
  readonly step: FollowedStep;
  readonly timeline: Timeline;
  readonly whole: readonly RawSpan[];
}

/** @param scope one of the plan's scopes; of another scope nothing is known and the path is empty */
export const scopePath = (state: PathState, scope: string): ScopePath => tellPath(new Timelines(state), scope);

export function tellPath(timelines: Timelines, scope: string): ScopePath {
  const { state } = timelines;
  const known = state.planScopes.includes(scope) ? state.order : [];
  const concerned = known.filter((id) => timelines.of(id, scope) !== null);
  const placed = placedSteps(timelines, scope);
  const there = new Set(placed.map(({ step }) => step.id));
  return {
    scope,
    steps: placed.map((one) => tellStep(one, state.acceptedAt)),
    notEffective: concerned.filter((id) => !there.has(id)),
  };
}

/** The steps that became effective in a plan scope, in order of that. */
export function placedSteps(timelines: Timelines, scope: string): readonly Placed[] {
  const { state } = timelines;
  if (!state.planScopes.includes(scope)) return [];
  const placed = state.order.flatMap((id): Placed[] => {
    const timeline = timelines.of(id, scope);
    const whole = timeline ? spansOf(timeline.whole) : [];
    return timeline && whole.length > 0 ? [{ step: timeline.step, timeline, whole }] : [];
  });
  return inOrder(placed);
}

/** P6 */
export const surelyBefore = (a: Placed, b: Placed): boolean => startOf(a)[1] <= startOf(b)[0];

export const startOf = ({ whole }: Placed): RawSpan['from'] => (whole[0] as RawSpan).from;

/** Always next: the first in the plan of those that nothing is surely before. */
function inOrder(planned: readonly Placed[]): Placed[] {
  const left = [...planned];
  const ordered: Placed[] = [];
  while (left.length > 0) {
    const earliestEnd = Math.min(...left.map((one) => startOf(one)[1]));
    const next = left.findIndex((one) => startOf(one)[0] < earliestEnd || startOf(one)[1] === earliestEnd);
    ordered.push(...left.splice(next, 1));
  }
  return ordered;
}

function tellStep({ step, timeline, whole }: Placed, acceptedAt: string): PathStep {
  const { scope, partly } = timeline;
  const [notBefore, seenAt] = (whole[0] as RawSpan).from;
  const ledgerIndex = answerAt(timeline, 'shows', seenAt);
  const firstPart = spansOf(partly)[0]?.from ?? [notBefore, seenAt];
  return {
    step: step.id,
    target: step.target,
    scope,
    effective: tellBounds([notBefore, seenAt]),
    certaintyMs: widthOf([notBefore, seenAt], acceptedAt),
    partly: tellBounds(firstPart),
    spans: whole.map((span) => tellSpan(span, acceptedAt)),
    madeBy: madeBy(step, scope, ledgerIndex),
    ledgerIndex,
    watched: step.watched,
  };
}
