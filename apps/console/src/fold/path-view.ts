import type {
  EffectiveAnswer,
  ExposureAnswer,
  ExposureWindowView,
  LackingAnswer,
  PathAnswer,
  PathDiffAnswer,
  PathStepView,
} from '@causeway/console-api';
import {
  divergences,
  effectiveAt,
  exposureWindows,
  membersLacking,
  pathDifference,
  scopePath,
  type Bounds,
  type ExposureWindow,
  type PathDifference,
  type PathState,
  type ScopePath,
} from '@causeway/sequence-core';
import { madeByView, type Makers } from './made-by';
import {
  diffWords,
  divergenceWords,
  effectiveWords,
  exposureWords,
  lackingWords,
  pathWords,
  windowWords,
} from './path-words';

/** What is common to all answers about a sequence. */
type Own<T> = Omit<T, 'asOf' | 'sequenceId' | 'plan' | 'status' | 'lookedUntil'>;

export function pathView(state: PathState, scope: string, makers: Makers): Own<PathAnswer> {
  const path = scopePath(state, scope);
  const concerned = new Set([...path.steps.map(({ step }) => step), ...path.notEffective]);
  const found = divergences(state)
    .plan.filter((one) => one.scope === scope)
    .map(({ kind: _kind, ...one }) => ({ ...one, words: divergenceWords(one) }));
  const view = { scope, ...stepsOf(state, path, makers), planned: state.order.filter((id) => concerned.has(id)) };
  return { ...view, divergences: found, summary: pathWords({ ...view, divergences: found }) };
}

const stepsOf = (
  state: PathState,
  path: ScopePath,
  makers: Makers,
): { steps: PathStepView[]; notEffective: string[] } => ({
  steps: path.steps.map(
    ({ step, target, scope: stepScope, effective, certaintyMs, partly, spans, madeBy, ledgerIndex }, i) => ({
      ...{ place: i + 1, step, target, stepScope, effective, certaintyMs, partly, lost: spans.length > 1 },
      madeBy: madeByView(madeBy, step, state, makers),
      index: String(ledgerIndex),
    }),
  ),
  notEffective: [...path.notEffective],
});

export function diffView(state: PathState, left: string, right: string, makers: Makers): Own<PathDiffAnswer> {
  const [onLeft, onRight] = [scopePath(state, left), scopePath(state, right)];
  const divergence = pathDifference(state, left, right);
  const windows = windowsOf(state, makers).filter(({ scope }) => scope === left || scope === right);
  const view = {
    left: { scope: left, ...stepsOf(state, onLeft, makers) },
    right: { scope: right, ...stepsOf(state, onRight, makers) },
    firstDifference: divergence && placeOf(divergence.first, onLeft, onRight),
    differences: [...(divergence?.all ?? [])],
    windows,
  };
  return { ...view, summary: diffWords(view) };
}

/** The first place, from 1, at which the two paths go apart. */
function placeOf(first: PathDifference, left: ScopePath, right: ScopePath): number {
  const place = ({ steps }: ScopePath, id: string): number => steps.findIndex(({ step }) => step === id) + 1;
  if (first.kind === 'order') return Math.min(place(left, first.firstOnLeft), place(right, first.firstOnRight));
  return place(first.scope === left.scope ? left : right, first.step);
}

export function exposureView(state: PathState, makers: Makers): Own<ExposureAnswer> {
  const windows = windowsOf(state, makers);
  const uncertain = [...exposureWindows(state).uncertain];
  return { windows, uncertain, summary: exposureWords(windows, uncertain.length) };
}

const windowsOf = (state: PathState, makers: Makers): ExposureWindowView[] =>
  exposureWindows(state).windows.map((window) => {
    const view = windowView(state, window, makers);
    return { ...view, words: windowWords(view) };
  });

function windowView(state: PathState, window: ExposureWindow, makers: Makers): Omit<ExposureWindowView, 'words'> {
  const { scope, earlier, later, direct, from, to, certaintyMs, membersLacking: lacking, evidence } = window;
  const until = to ? middleOf(to) : Date.parse(state.lookedUntil ?? from.seenAt);
  const made = scopePath(state, scope).steps.find(({ step }) => step === later)?.madeBy ?? { kind: 'unknown' as const };
  return {
    ...{ scope, earlier, later, direct, from, to, certaintyMs, membersLacking: [...lacking] },
    lastedMs: Math.max(0, until - middleOf(from)),
    laterMadeBy: madeByView(made, later, state, makers),
    fromIndex: String(evidence.from),
    toIndex: evidence.to === null ? null : String(evidence.to),
  };
}

/** Unix milliseconds. */
const middleOf = ({ notBefore, seenAt }: Bounds): number => (Date.parse(notBefore ?? seenAt) + Date.parse(seenAt)) / 2;

export function effectiveView(state: PathState, scope: string, at: string): Own<EffectiveAnswer> {
  const { looked: isBeforeLast, steps } = effectiveAt(state, scope, at);
  const looked = isBeforeLast && Date.parse(at) >= firstLook(state);
  const views = steps.map(({ scope: stepScope, showing, lacking, untold, believed, step, target, effective }) => ({
    ...{ step, target, stepScope, effective },
    ...{ showing: [...showing], lacking: [...lacking], untold: [...untold] },
    believed: believed && { ready: believed.ready, at: believed.at, index: String(believed.ledgerIndex) },
  }));
  const view = { scope, at, looked, steps: views };
  return { ...view, summary: effectiveWords(view) };
}

/** When the first answer of any member came, Unix milliseconds; Infinity: none came yet. */
function firstLook({ steps }: PathState): number {
  const members = Object.values(steps).flatMap(({ looks }) => Object.values(looks).flatMap((of) => Object.values(of)));
  return members.reduce((first, [look]) => Math.min(first, look?.seenAt ?? Infinity), Infinity);
}

/** null: the sequence has no such step. */
export function lackingView(state: PathState, step: string): Own<LackingAnswer> | null {
  const found = membersLacking(state, step);
  const followed = state.steps[step];
  if (!found || !followed) return null;
  const lacking = found.map((one) => {
    const look = followed.looks[one.scope]?.[one.member]?.at(-1);
    return { ...one, index: look ? String(look.index) : null };
  });
  const members = followed.scopes.reduce((sum, { members: names }) => sum + names.length, 0);
  const view = { step, target: followed.target, members, lacking };
  return { ...view, summary: lackingWords(view) };
}
