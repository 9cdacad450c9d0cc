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
  private readonly made = new Map<string, Timeline | null>();

  constructor(readonly state: PathState) {}

  /** For a plan scope (P4); null when the step does not concern it. */
  of(id: string, planScope: string): Timeline | null {
    const step = this.state.steps[id] as FollowedStep;
    const scope = relevantScope(step, planScope);
    if (scope === null) return null;
    const key = `${id}/${scope}`;
    const there = this.made.get(key);
    if (there) return there;
    const timeline = timelineOf(this.state, step, scope);
    this.made.set(key, timeline);
    return timeline;
  }
}

/** P4 */
export function relevantScope({ scopes }: FollowedStep, planScope: string): string | null {
  const names = scopes.map(({ scope }) => scope);
  return names.includes(planScope) ? planScope : names.includes('global') ? 'global' : null;
}

function timelineOf(state: PathState, step: FollowedStep, scope: string): Timeline {
  const members = step.watched
    ? (step.looks[scope] as Timeline['members'])
    : { [scope]: believedLooks(state, step, step.beliefs[scope] as readonly Belief[]) };
  const looks = Object.values(members);
  const shown = looks.map((list) => knownOf(list, 'shows'));
  const lacked = looks.map((list) => knownOf(list, 'lacks'));
  const seenShown = looks.map((list) => knownOf(list, 'shows', 'answered'));
  return {
    ...{ step, scope, members },
    whole: {
      surely: seenShown.map(({ surely }) => surely).reduce(intersect),
      possibly: seenShown.map(({ possibly }) => possibly).reduce(intersect),
    },
    partly: anyOf(shown),
    lacking: anyOf(lacked),
    untold: unite(...looks.map(untoldOf)),
  };
}

const anyOf = (known: readonly Known[]): Known => ({
  surely: unite(...known.map(({ surely }) => surely)),
  possibly: unite(...known.map(({ possibly }) => possibly)),
});

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
