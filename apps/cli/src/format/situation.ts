import type { DecisionView, UpstreamAnswer, WaitingItem } from '@causeway/console-api';
import type { Paint } from './paint';
import { table } from './table';
import { sinceText } from './words';

/** What changed upstream, oldest first. */
export function upstreamText({ summary, items, more, asOf }: UpstreamAnswer): string {
  const foot = `as of ledger index ${asOf ?? '-'}${more ? '; older changes are left out' : ''}`;
  if (items.length === 0) return `${summary}\n\n${foot}`;
  const rows = items.map(({ at, target, scope, words, explained, index }) => [
    `${at.slice(11, 23)}Z`,
    target,
    scope ?? '-',
    explained ? '' : '!',
    words,
    `#${index}`,
  ]);
  return [
    summary,
    table(['SEEN', 'TARGET', 'SCOPE', '', 'WHAT', 'LEDGER'], rows),
    `! no plan explains it; ${foot}`,
  ].join('\n\n');
}

/** What each open sequence waits for, and who can do something about it. */
export function waitingText(items: readonly WaitingItem[], nowMs: number, paint: Paint): string {
  if (items.length === 0) return 'no sequence is open';
  const ids = [...new Set(items.map(({ sequenceId }) => sequenceId))];
  return ids
    .map((id) =>
      sequenceText(
        items.filter(({ sequenceId }) => sequenceId === id),
        nowMs,
        paint,
      ),
    )
    .join('\n\n');
}

function sequenceText(items: readonly WaitingItem[], nowMs: number, paint: Paint): string {
  const [first] = items as readonly [WaitingItem, ...WaitingItem[]];
  const diverged = first.diverged ? paint.bad(', diverged') : '';
  const head = `${first.plan}  ${first.sequenceId}  ${paint.wait(first.status)}${diverged}  (key ${first.key}, ${first.owner})`;
  const lines = items.flatMap(({ words, since, unblocks, who, index }) => [
    `  ${words}`,
    `    ${since === null ? 'since its start' : sinceText(since, nowMs)}${index === null ? '' : `, ledger #${index}`}`,
    `    ${who}: ${unblocks}`,
  ]);
  return [head, ...lines].join('\n');
}

export function decisionText(view: DecisionView, paint: Paint): string {
  const { verb, status, problem, outcomeIndex } = view;
  const what = decidedText(view);
  if (status === 'refused')
    return `${paint.bad('refused')}  ${what}: ${problem ?? 'no reason told'} (ledger #${outcomeIndex})`;
  if (status === 'submitted') return `${paint.wait('submitted')}  ${what}`;
  const after = AFTER[verb];
  return `${paint.good('taken')}  ${what}: ${after} (ledger #${outcomeIndex})`;
}

const AFTER = {
  abort: 'nothing more is commanded',
  resume: 'the sequence goes on',
  settle: 'what follows from it is decided',
} as const;

function decidedText({ verb, accept, settle }: DecisionView): string {
  if (settle) return `settle ${settle.step} as ${settle.applied ? 'applied' : 'not applied'}`;
  return verb === 'resume' && accept.length > 0 ? `resume, accepting ${accept.join(', ')}` : verb;
}
