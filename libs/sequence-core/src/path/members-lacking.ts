import type { FollowedStep, Look, PathState } from './path-state';
import { tellBounds, type Bounds } from './span';

/** A member that did not show a step when it was last looked at. */
export interface MemberLacking {
  readonly scope: string;
  readonly member: string;
  /** `untold`: it did not answer, or nobody looked. */
  readonly view: 'lacks' | 'untold';
  /** Since when; null: it was never looked at. */
  readonly since: Bounds | null;
  readonly detail: string;
}

/** All frozen members that do not show a step, with what was seen instead; null: the sequence has no such step. */
export function membersLacking(state: PathState, step: string): MemberLacking[] | null {
  if (!Object.hasOwn(state.steps, step)) return null;
  const followed = state.steps[step] as FollowedStep;
  return followed.scopes.flatMap(({ scope, members }) =>
    members.flatMap((member): MemberLacking[] => {
      if (!followed.watched) return unwatched(followed, scope, member);
      const look = followed.looks[scope]?.[member]?.at(-1);
      return look?.view === 'shows' ? [] : [toldOf(scope, member, look)];
    }),
  );
}

function toldOf(scope: string, member: string, look: Look | undefined): MemberLacking {
  if (!look) return { scope, member, view: 'untold', since: null, detail: 'not looked at yet' };
  const since = tellBounds([look.notBefore ?? -Infinity, look.seenAt]);
  return { scope, member, view: look.view === 'lacks' ? 'lacks' : 'untold', since, detail: look.detail };
}

const unwatched = ({ beliefs }: FollowedStep, scope: string, member: string): MemberLacking[] =>
  beliefs[scope]?.at(-1)?.ready
    ? []
    : [{ scope, member, view: 'untold', since: null, detail: 'nothing watches it, and no record says it is ready' }];
