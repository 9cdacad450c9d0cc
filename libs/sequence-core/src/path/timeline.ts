import { intersect, unite, type Intervals } from './intervals';
import type { Belief, FollowedStep, Look, PathState } from './path-state';

/**
 * When something was so, as far as it is known. `surely`: at all of these moments. `possibly`: at no other moments; every interval of
 * `surely` lies in one of these.
 */
export interface Known {
  readonly surely: Intervals;
  readonly possibly: Intervals;
}

/** One step in one of its scopes over time. */
export interface Timeline {
  readonly step: FollowedStep;
  readonly scope: string;
  readonly members: Readonly<Record<string, readonly Look[]>>;
  /** Per member, when it surely lacked it. */
  readonly lackedBy: Readonly<Record<string, Intervals>>;
  /** Ledger index by {@link answerKey}: which entry brought the look that was answered at that moment. */
  readonly answers: ReadonlyMap<string, number>;
  /** All members show it. A view seen in one look only counts for the moment of its answer. */
  readonly whole: Known;
  /** Some member shows it. */
  readonly partly: Known;
  /** Some member lacks it. */
  readonly lacking: Known;
  /** Some member did not tell. */
  readonly untold: Intervals;
}

/** Timelines of one state, each made once, when it is asked for. */
export class Timelines {
  private readonly made = new Map<string, Timeline>();
  private readonly inPlanScope = new Map<string, Map<string, Timeline | null>>();

  constructor(readonly state: PathState) {}

  /** For a plan scope (P4); null when the step does not concern it. */
  of(id: string, planScope: string): Timeline | null {
    const inScope = this.inPlanScope.get(planScope) ?? new Map<string, Timeline | null>();
    this.inPlanScope.set(planScope, inScope);
    const there = inScope.get(id);
    if (there !== undefined) return there;
    const step = this.state.steps[id] as FollowedStep;
    const scope = relevantScope(step, planScope);
    const timeline = scope === null ? null : this.timeline(step, scope);
    inScope.set(id, timeline);
    return timeline;
  }

  /** A scope that is the same for all plan scopes is looked at once. */
  private timeline(step: FollowedStep, scope: string): Timeline {
    const key = `${step.id}/${scope}`;
    const timeline = this.made.get(key) ?? timelineOf(this.state, step, scope);
    this.made.set(key, timeline);
    return timeline;
  }
}

/** P4 */
function relevantScope({ scopes }: FollowedStep, planScope: string): string | null {
  const names = scopes.map(({ scope }) => scope);
  return names.includes(planScope) ? planScope : names.includes('global') ? 'global' : null;
}

function timelineOf(state: PathState, step: FollowedStep, scope: string): Timeline {
  const members = step.watched ? (step.looks[scope] as Timeline['members']) : believedMembers(state, step, scope);
  const looks = Object.values(members);
  const shown = looks.map((list) => knownOf(list, 'shows'));
  const lacked = looks.map((list) => knownOf(list, 'lacks'));
  const seenShown = looks.map((list) => knownOf(list, 'shows', 'answered'));
  return {
    ...{ step, scope, members, answers: answersOf(looks) },
    lackedBy: Object.fromEntries(Object.keys(members).map((member, i) => [member, (lacked[i] as Known).surely])),
    whole: {
      surely: seenShown.map(({ surely }) => surely).reduce(intersect),
      possibly: seenShown.map(({ possibly }) => possibly).reduce(intersect),
    },
    partly: anyOf(shown),
    lacking: anyOf(lacked),
    untold: unite(...looks.map(untoldOf)),
  };
}

const answerKey = (view: Look['view'], seenAt: number): string => `${view} ${seenAt}`;

function answersOf(members: readonly (readonly Look[])[]): Map<string, number> {
  const answers = new Map<string, number>();
  for (const { view, seenAt, index } of members.flat()) {
    const key = answerKey(view, seenAt);
    answers.set(key, Math.max(index, answers.get(key) ?? -1));
  }
  return answers;
}

/** Ledger index of the look with that view that was answered at that moment; -1: there is none. */
export const answerAt = ({ answers }: Timeline, view: Look['view'], seenAt: number): number =>
  answers.get(answerKey(view, seenAt)) ?? -1;

const anyOf = (known: readonly Known[]): Known => ({
  surely: unite(...known.map(({ surely }) => surely)),
  possibly: unite(...known.map(({ possibly }) => possibly)),
});

/** A record speaks of a scope as a whole: of all its members alike. */
function believedMembers(state: PathState, step: FollowedStep, scope: string): Timeline['members'] {
  const looks = believedLooks(state, step, step.beliefs[scope] as readonly Belief[]);
  const members = step.scopes.find((one) => one.scope === scope)?.members ?? [];
  return Object.fromEntries(members.map((member) => [member, looks]));
}

/**
 * Without a watch, what the records say (P7): effective from its ready record, at the claimed time as far as that lies between our order
 * and our record of it; before that nothing is known.
 */
const believedLooks = (state: PathState, step: FollowedStep, beliefs: readonly Belief[]): readonly Look[] =>
  beliefs.map(({ index, at, ready, effectiveAt }, i): Look => {
    const previous = beliefs[i - 1];
    const since = previous?.at ?? step.commanded?.at ?? state.acceptedAt;
    const wasSo = i === 0 && step.changed === false;
    const seenAt = Math.max(Math.min(Date.parse(effectiveAt), Date.parse(at)), Date.parse(since));
    const detail = ready ? '' : 'no longer shown';
    return { index, view: ready ? 'shows' : 'lacks', notBefore: wasSo ? null : Date.parse(since), seenAt, detail };
  });

/**
 * When one member had a view. Surely: from the answer of the first look that has it to the beginning of the last one. Possibly: from
 * where the last look with the other view ends to where the next one is answered; looks that tell nothing are passed over (P3).
 * @param how `answered`: at the moment of its answer it was surely so, even when that look was the only one
 */
function knownOf(looks: readonly Look[], view: 'shows' | 'lacks', how: 'between' | 'answered' = 'between'): Known {
  const surely: [number, number][] = [];
  const possibly: [number, number][] = [];
  let open: number | null = null;
  let knownUntil: number | null = null;
  looks.forEach((look, i) => {
    const next = looks[i + 1];
    const start = knownUntil ?? look.notBefore ?? -Infinity;
    if (look.view === 'untold') {
      knownUntil ??= look.notBefore ?? -Infinity;
      return;
    }
    knownUntil = null;
    if (look.view !== view) {
      if (open !== null) possibly.push([open, look.seenAt]);
      open = null;
      return;
    }
    open ??= start;
    const end = next ? (next.notBefore ?? look.seenAt) : Infinity;
    if (how === 'answered' || end >= look.seenAt) surely.push([look.seenAt, Math.max(end, look.seenAt)]);
  });
  if (open !== null) possibly.push([open, Infinity]);
  return { surely: unite(surely), possibly: unite(possibly) };
}

/** When a member that was looked at did not tell. */
const untoldOf = (looks: readonly Look[]): Intervals =>
  looks.flatMap((look, i): Intervals => {
    if (look.view !== 'untold') return [];
    return [[look.notBefore ?? -Infinity, looks[i + 1]?.seenAt ?? Infinity]];
  });
