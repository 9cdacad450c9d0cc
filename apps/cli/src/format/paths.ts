import type {
  BoundsView,
  EffectiveAnswer,
  ExposureAnswer,
  LackingAnswer,
  PathAnswer,
  PathDiffAnswer,
  PathStepView,
} from '@causeway/console-api';
import { table } from './table';
import { ageText, clockText, secondsText } from './words';

/** The order in which things became effective, and who made them so. */
export function pathText(path: PathAnswer): string {
  const parts = [path.summary];
  if (path.steps.length > 0) parts.push(stepsTable(path.steps));
  if (path.divergences.length > 0) parts.push(path.divergences.map(({ words }) => `  ${words}`).join('\n'));
  return [...parts, footText(path)].join('\n\n');
}

function stepsTable(steps: readonly PathStepView[]): string {
  const rows = steps.map(({ place, step, target, effective, certaintyMs, madeBy, lost, index }) => [
    String(place),
    step,
    target,
    boundsText(effective),
    `+-${secondsText(certaintyMs)}`,
    `${madeBy.words}${madeBy.class === null ? '' : `: ${madeBy.class}`}`,
    `#${index}`,
    lost ? 'lost in between' : '',
  ]);
  return table(['', 'STEP', 'TARGET', 'EFFECTIVE', '', 'BY', 'LEDGER', ''], rows);
}

/** `12:00:03.250Z`, the first look that shows it; `by` it when nobody had looked before. */
const boundsText = ({ notBefore, seenAt }: BoundsView): string =>
  notBefore === null ? `by ${exactText(seenAt)}` : exactText(seenAt);

const exactText = (instant: string): string => `${instant.slice(11, 23)}Z`;

const footText = ({
  sequenceId,
  plan,
  status,
  asOf,
  lookedUntil,
}: Omit<ExposureAnswer, 'windows' | 'uncertain' | 'summary'>): string => {
  const looked = lookedUntil === null ? 'never looked at by a watch' : `looked at until ${clockText(lookedUntil)}`;
  return `plan ${plan}, sequence ${sequenceId} (${status}), ${looked}, as of ledger index ${asOf ?? '-'}`;
};

export function diffText(diff: PathDiffAnswer): string {
  const { left, right, summary } = diff;
  const rows = Array.from({ length: Math.max(left.steps.length, right.steps.length) }, (_, i) => [
    String(i + 1),
    ...[left, right].flatMap(({ steps }) => {
      const step = steps[i];
      return step ? [step.step, boundsText(step.effective)] : ['-', ''];
    }),
    i + 1 === diff.firstDifference ? '<- first difference' : '',
  ]);
  const header = ['', left.scope.toUpperCase(), '', right.scope.toUpperCase(), '', ''];
  return [summary, table(header, rows), footText(diff)].join('\n\n');
}

export function exposureText(exposure: ExposureAnswer): string {
  const { windows, uncertain, summary } = exposure;
  const parts = [summary];
  if (windows.length > 0) {
    const rows = windows.map((window) => [
      window.scope,
      `${window.later} without ${window.earlier}`,
      boundsText(window.from),
      window.to === null ? 'still so' : boundsText(window.to),
      secondsText(window.lastedMs),
      `+-${secondsText(window.certaintyMs)}`,
      window.membersLacking.join(', '),
      `#${window.fromIndex}${window.toIndex === null ? '' : `, #${window.toIndex}`}`,
      window.direct ? '' : 'through other steps',
    ]);
    parts.push(table(['SCOPE', 'EXPOSED', 'FROM', 'TO', 'FOR', '', 'LACKING', 'LEDGER', ''], rows));
  }
  if (uncertain.length > 0) {
    const rows = uncertain.map(({ scope, earlier, later, from, to, why }) => [
      scope,
      `${later} without ${earlier}?`,
      from === null ? 'before the first look' : exactText(from),
      to === null ? 'still so' : exactText(to),
      why === 'untold' ? 'no answer, or nobody looked' : 'both changed between two looks',
    ]);
    parts.push(table(['NOT KNOWN IN', 'WHETHER', 'FROM', 'TO', 'WHY'], rows));
  }
  return [...parts, footText(exposure)].join('\n\n');
}

const EFFECTIVE_WORDS = { yes: 'effective', partly: 'partly', no: 'no', untold: 'not known' } as const;

export function effectiveText(answer: EffectiveAnswer): string {
  const rows = answer.steps.map(({ step, target, effective, lacking, untold, believed }) => [
    step,
    target,
    EFFECTIVE_WORDS[effective],
    believed === null ? 'nothing' : `${believed.ready ? 'ready' : 'withdrawn'} at ${clockText(believed.at)}`,
    believed === null ? '-' : `#${believed.index}`,
    [...lacking.map((name) => `${name} lacks it`), ...untold.map((name) => `${name} not known`)].join(', '),
  ]);
  const header = ['STEP', 'TARGET', 'SEEN', 'THE RECORDS SAID BY THEN', 'LEDGER', ''];
  return [answer.summary, table(header, rows), footText(answer)].join('\n\n');
}

export function lackingText(answer: LackingAnswer): string {
  if (answer.lacking.length === 0) return [answer.summary, footText(answer)].join('\n\n');
  const rows = answer.lacking.map(({ scope, member, view, since, detail, index }) => [
    scope,
    member,
    view === 'lacks' ? 'lacks it' : 'not known',
    since === null ? '-' : `since ${clockText(since.seenAt)}${sinceAge(since, answer.lookedUntil)}`,
    detail,
    index === null ? '-' : `#${index}`,
  ]);
  return [answer.summary, table(['SCOPE', 'MEMBER', '', 'SEEN SO', 'INSTEAD', 'LEDGER'], rows), footText(answer)].join(
    '\n\n',
  );
}

const sinceAge = ({ seenAt }: BoundsView, lookedUntil: string | null): string =>
  lookedUntil === null ? '' : ` (${ageText(Date.parse(lookedUntil) - Date.parse(seenAt))})`;
