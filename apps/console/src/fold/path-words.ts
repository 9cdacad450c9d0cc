import type {
  EffectiveAnswer,
  ExposureWindowView,
  LackingAnswer,
  PathAnswer,
  PathDiffAnswer,
} from '@causeway/console-api';
import { clock, list, span } from './words';

/** Paths, differences and windows in sentences that a tired person understands. */

type Divergence = Omit<PathAnswer['divergences'][number], 'words'>;

export function divergenceWords({ scope, earlier, later, laterBegan, earlierWhole }: Divergence): string {
  const then = earlierWhole ? `only from ${clock(earlierWhole.seenAt)} on` : 'not yet';
  return `${later} began to be effective in ${scope} by ${clock(laterBegan.seenAt)}; ${earlier}, which it needs, was effective everywhere there ${then}.`;
}

export function pathWords(path: Pick<PathAnswer, 'scope' | 'steps' | 'notEffective' | 'divergences'>): string {
  const { scope, steps, notEffective } = path;
  const missing = notEffective.length > 0 ? ` Not effective everywhere there: ${list(notEffective)}.` : '';
  if (steps.length === 0) return `Nothing is effective in ${scope} yet.${missing}`;
  const direct = path.divergences.filter((one) => one.direct);
  const verdict =
    direct.length === 0
      ? 'as planned'
      : `not as planned: ${list(direct.map((one) => `${one.later} came before ${one.earlier}`))}`;
  return `${scope}: ${steps.map(({ step }) => step).join(' -> ')}, ${verdict}.${missing}`;
}

/** `flag was effective in eu-west for 4.2 s (+-0.6 s) while gw-eu-1 and gw-eu-2 did not show gateway` and who did it. */
export function windowWords(window: Omit<ExposureWindowView, 'words'>): string {
  const { scope, earlier, later, to, lastedMs, certaintyMs, membersLacking, laterMadeBy } = window;
  const who = membersLacking.length > 0 ? list(membersLacking) : 'not every member';
  const shows = membersLacking.length > 0 ? `did not show ${earlier}` : `showed ${earlier}`;
  const time = `${span(lastedMs)} (+-${span(certaintyMs)})`;
  const what = to
    ? `${later} was effective in ${scope} for ${time} while ${who} ${shows}`
    : `${later} is effective in ${scope}, for ${time} by now, while ${who} ${shows.replace('did', 'do').replace('showed', 'shows')}`;
  return `${what}; ${madeWords(laterMadeBy)}.`;
}

function madeWords({ kind, words, at }: ExposureWindowView['laterMadeBy']): string {
  if (kind === 'unknown') return 'nobody is known to have made it so';
  if (kind === 'executor') return `it was ordered${at ? ` at ${clock(at)}` : ''}, by the plan`;
  return `it was made so by ${words}${at ? ` at ${clock(at)}` : ''}`;
}

type Diff = Pick<PathDiffAnswer, 'left' | 'right' | 'firstDifference' | 'differences' | 'windows'>;

export function diffWords(diff: Diff): string {
  const { left, right, firstDifference, differences, windows } = diff;
  const [first] = differences;
  const direct = windows.filter((window) => window.direct).map(({ words }) => ` ${capital(words)}`);
  if (!first || firstDifference === null) {
    const path = left.steps.map(({ step }) => step).join(' -> ') || 'nothing yet';
    return `${left.scope} and ${right.scope} went the same way, as far as the looks can tell: ${path}.${direct.join('')}`;
  }
  return `${left.scope} differs from ${right.scope} at position ${firstDifference}: ${orderWords(first, diff)}.${direct.join('')}`;
}

function orderWords(first: Diff['differences'][number], { left, right }: Diff): string {
  if (first.kind === 'only-in') {
    const other = first.scope === left.scope ? right.scope : left.scope;
    return `${first.step} is effective in ${first.scope} since ${clock(first.since.seenAt)}, in ${other} not yet`;
  }
  const { firstOnLeft, firstOnRight } = first;
  return `${right.scope} ${firstOnRight} -> ${firstOnLeft}; ${left.scope} ${firstOnLeft} -> ${firstOnRight}`;
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

export function exposureWords(windows: readonly ExposureWindowView[], uncertain: number): string {
  const doubt =
    uncertain === 0 ? '' : ` Of ${uncertain} ${uncertain === 1 ? 'time' : 'times'} nobody can tell: see uncertain.`;
  if (windows.length === 0) return `No exposure window was seen.${doubt}`;
  const direct = windows.filter((window) => window.direct);
  const told = (direct.length > 0 ? direct : windows).map(({ words }) => capital(words));
  return `${told.join(' ')}${doubt}`;
}

export function effectiveWords({
  scope,
  at,
  looked,
  steps,
}: Omit<EffectiveAnswer, keyof OfSequence | 'summary'>): string {
  const of = (state: EffectiveAnswer['steps'][number]['effective']): string[] =>
    steps.filter(({ effective }) => effective === state).map(({ step }) => step);
  const partly = steps
    .filter(({ effective }) => effective === 'partly')
    .map(({ step, lacking }) => `${step} (${list(lacking)} lack it)`);
  const parts = [
    ['effective', of('yes')],
    ['partly effective', partly],
    ['not effective', of('no')],
    ['not known', of('untold')],
  ] as const;
  const seen = parts.filter(([, names]) => names.length > 0).map(([word, names]) => `${word} ${list(names)}`);
  const believed = steps.filter((step) => step.believed?.ready).map(({ step }) => step);
  const belief = `By then the records said ready: ${believed.length > 0 ? list(believed) : 'nothing'}.`;
  const wasSeen = steps.some(({ showing, lacking }) => showing.length + lacking.length > 0);
  const doubt = looked ? '' : ` Nobody looked at that moment${wasSeen ? ': this is what was seen last' : ''}.`;
  return `In ${scope} at ${clock(at)}: ${seen.join('; ') || 'no step concerns it'}. ${belief}${doubt}`;
}

type OfSequence = Record<'asOf' | 'sequenceId' | 'plan' | 'status' | 'lookedUntil', unknown>;

export function lackingWords({ step, members, lacking }: Pick<LackingAnswer, 'step' | 'members' | 'lacking'>): string {
  if (lacking.length === 0)
    return members === 1 ? `Its one member shows ${step}.` : `All ${members} members show ${step}.`;
  const named = (view: 'lacks' | 'untold'): string[] =>
    lacking.filter((one) => one.view === view).map(({ member, scope }) => `${member} (${scope})`);
  const [lack, untold] = [named('lacks'), named('untold')];
  const first = lack.length > 0 ? [`${lack.length} of ${members} members lack ${step}: ${list(lack)}.`] : [];
  const second = untold.length > 0 ? [`Of ${list(untold)} it is not known.`] : [];
  return [...first, ...second].join(' ');
}
