import type { Sight, SightingData } from '@causeway/contracts';
import { compare } from '../readiness/expectation';
import type { FollowedStep, Look, PathState } from './path-state';

/** Longest kept text of one look, characters. */
const DETAIL_LENGTH = 200;

/** What changed in front of the watch, taken into the state. Sights of what is not a frozen member count for nothing. */
export function lookAll(state: PathState, { sights, lookedUntil }: SightingData, index: number): PathState {
  const until = state.lookedUntil === null ? null : Date.parse(state.lookedUntil);
  const steps = sights.reduce((now, sight) => lookOne(now, sight, until, index), state.steps);
  return { ...state, steps, lookedUntil: later(state.lookedUntil, lookedUntil) };
}

const later = (a: string | null, b: string): string => (a !== null && Date.parse(a) > Date.parse(b) ? a : b);

function lookOne(
  steps: PathState['steps'],
  sight: Sight,
  vouchedUntil: number | null,
  index: number,
): PathState['steps'] {
  const { step: id, scope, member } = sight;
  const step = Object.hasOwn(steps, id) ? (steps[id] as FollowedStep) : undefined;
  const members = step && Object.hasOwn(step.looks, scope) ? step.looks[scope] : undefined;
  const before = members && Object.hasOwn(members, member) ? members[member] : undefined;
  if (!step || !before) return steps;
  const after = takeLook(before, sight, step, vouchedUntil, index);
  if (after === before) return steps;
  return { ...steps, [id]: { ...step, looks: { ...step.looks, [scope]: { ...members, [member]: after } } } };
}

/**
 * Keeps a look only when the view changed. The times of one member never go back, whatever the prober's clock did. A second "first
 * look" means that nobody looked since the watch last vouched: that stretch is not known.
 */
function takeLook(
  before: readonly Look[],
  sight: Sight,
  step: FollowedStep,
  vouchedUntil: number | null,
  index: number,
): readonly Look[] {
  const last = before.at(-1);
  const seenAt = Math.max(Date.parse(sight.seenAt), last?.seenAt ?? -Infinity);
  if (last && sight.notBefore === null && last.view !== 'untold') {
    const from = Math.min(Math.max(vouchedUntil ?? last.seenAt, last.seenAt), seenAt);
    const unlooked: Look = { index, view: 'untold', notBefore: from, seenAt: from, detail: 'nobody looked' };
    return [...before, unlooked, { index, ...viewOf(sight, step), notBefore: from, seenAt }];
  }
  const seen = viewOf(sight, step);
  if (last?.view === seen.view) return before;
  const claimed = sight.notBefore === null ? (last?.seenAt ?? null) : Date.parse(sight.notBefore);
  const notBefore = claimed === null ? null : Math.min(Math.max(claimed, last?.notBefore ?? claimed), seenAt);
  return [...before, { index, ...seen, notBefore, seenAt }];
}

/** One expectation that is surely not met is enough to lack the step, whatever else the look did not bring. */
function viewOf({ outcome }: Sight, { expect }: FollowedStep): Pick<Look, 'view' | 'detail'> {
  if (outcome.kind === 'unreachable') return { view: 'untold', detail: outcome.reason.slice(0, DETAIL_LENGTH) };
  const compared = expect.map((one) => compare(one, outcome.values));
  const unmet = compared.find(({ kind }) => kind === 'unmet') ?? compared.find(({ kind }) => kind === 'unreadable');
  if (!unmet || unmet.kind === 'met') return { view: 'shows', detail: '' };
  return { view: unmet.kind === 'unmet' ? 'lacks' : 'untold', detail: unmet.detail.slice(0, DETAIL_LENGTH) };
}
