import type { FollowedStep, Look, PathState } from './path-state';

import { Timelines } from './timeline';

/** What was so in a plan scope at one instant, and what the records said of it by then. */
export interface EffectiveAt {
  readonly scope: string;
  readonly at: string;
  /** False: later than the last look; then `effective` is what was last seen. */
  readonly looked: boolean;
  readonly steps: readonly StepAt[];
}

export interface StepAt {
  readonly step: string;
  readonly target: string;
  readonly scope: string;
  /** `untold`: the members that tell do not settle it; the instant may lie between two looks. */
  readonly effective: 'yes' | 'partly' | 'no' | 'untold';
  readonly showing: readonly string[];
  readonly lacking: readonly string[];
  readonly untold: readonly string[];
  /** Whether the newest record up to then says that it is ready in this scope, and since when; null: none said anything. */
  readonly believed: { readonly ready: boolean; readonly at: string; readonly ledgerIndex: number } | null;
}

/** @param instant RFC 3339 */
export function effectiveAt(state: PathState, scope: string, instant: string): EffectiveAt {
  const timelines = new Timelines(state);
  const ids = state.planScopes.includes(scope) ? state.order : [];
  const moment = Date.parse(instant);
  const looked = state.lookedUntil !== null && moment <= Date.parse(state.lookedUntil);
  const steps = ids.flatMap((id): StepAt[] => {
    const timeline = timelines.of(id, scope);
    if (!timeline) return [];
    const views = viewsAt(timeline.members, moment);
    const believed = believedAt(timeline.step, timeline.scope, moment);
    return [
      {
        ...{ step: id, target: timeline.step.target, scope: timeline.scope },
        ...{ effective: answerOf(views), ...views, believed },
      },
    ];
  });
  return { scope, at: instant, looked, steps };
}

type Views = Pick<StepAt, 'showing' | 'lacking' | 'untold'>;

function viewsAt(members: Readonly<Record<string, readonly Look[]>>, moment: number): Views {
  const of = (view: Look['view']): string[] =>
    Object.keys(members).filter((member) => viewAt(members[member] as readonly Look[], moment) === view);
  return { showing: of('shows'), lacking: of('lacks'), untold: of('untold') };
}

/** From the answer that shows it up to the beginning of the last look that does; in between nobody can tell. */
function viewAt(looks: readonly Look[], moment: number): Look['view'] {
  const i = looks.findLastIndex(({ seenAt }) => seenAt <= moment);
  const next = looks[i + 1];
  const untilNext = next?.notBefore ?? Infinity;
  const isSure = i >= 0 && (moment <= untilNext || looks[i]?.seenAt === moment);
  return isSure ? (looks[i] as Look).view : 'untold';
}

function answerOf({ showing, lacking, untold }: Views): StepAt['effective'] {
  if (showing.length > 0 && lacking.length > 0) return 'partly';
  if (untold.length > 0) return 'untold';
  return showing.length > 0 ? 'yes' : 'no';
}

function believedAt({ beliefs }: FollowedStep, scope: string, moment: number): StepAt['believed'] {
  const last = beliefs[scope]?.findLast(({ at }) => Date.parse(at) <= moment);
  return last ? { ready: last.ready, at: last.at, ledgerIndex: last.index } : null;
}
