import type { SequenceView, StepView } from '@causeway/console-api';
import { table } from './table';
import { plural } from './words';

const MARKS = { 'would-change': '~', 'already-so': '=', unknown: '?' } as const;
const WORDS = { 'would-change': 'would change', 'already-so': 'is already so', unknown: 'cannot be told' } as const;

/** What a plan would do, step by step. */
export function previewText(view: SequenceView): string {
  const rows = view.steps.map((step) => {
    const found = step.found ?? 'unknown';
    return [MARKS[found], step.id, step.target, step.change, WORDS[found], step.needs.join(', ') || '-'];
  });
  const count = (found: StepView['found']): number =>
    view.steps.filter((step) => (step.found ?? 'unknown') === found).length;
  const [change, same, unknown] = [count('would-change'), count('already-so'), count('unknown')];
  return [
    `plan ${view.plan}, digest ${view.planDigest.slice(0, 12)}`,
    '',
    table(['', 'STEP', 'TARGET', 'CHANGE', 'THIS', 'AFTER'], rows),
    '',
    `${plural(change, 'step')} would change something, ${same} already so, ${unknown} cannot be told.`,
  ].join('\n');
}
