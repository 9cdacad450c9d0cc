import type { Hold, ScopeView, SequenceStatus, SequenceSummary, SequenceView, StepView } from '@causeway/console-api';
import type { Paint } from './paint';
import { pairs, table } from './table';
import { ageText, clockText, dateText, sinceText } from './words';

/** The list of sequences. */
export function listText(items: readonly SequenceSummary[], nowMs: number): string {
  if (items.length === 0) return 'no sequences';
  const rows = items.map((item) => [
    item.id,
    item.diverged ? `${item.status}, diverged` : item.status,
    item.plan,
    dateText(item.startedAt),
    item.waitingFor === null || item.waitingSince === null
      ? '-'
      : `${item.waitingFor} (${ageText(nowMs - Date.parse(item.waitingSince))})`,
  ]);
  return table(['SEQUENCE', 'STATUS', 'PLAN', 'STARTED', 'WAITING FOR'], rows);
}

/** One sequence: who and what, steps by scope, and everything it waits for. */
export function statusText(view: SequenceView, nowMs: number, paint: Paint): string {
  const parts = [headText(view, paint)];
  if (view.steps.length > 0) parts.push(stepsText(view));
  const troubles = view.steps.flatMap((step) => troubleOf(step));
  if (troubles.length > 0) parts.push(troubles.map((line) => paint.bad(line)).join('\n'));
  if (view.holds.length > 0) parts.push(holdsText(view.holds, nowMs, paint));
  if (view.mutations.length > 0) parts.push(noticedText(view, paint));
  if (view.rejection) parts.push(rejectionText(view, paint));
  if (view.fault !== null) parts.push(paint.bad(`this view stopped: ${view.fault}`));
  return parts.join('\n\n');
}

export const statusWord = (status: SequenceStatus, paint: Paint): string =>
  status === 'failed' || status === 'aborted' || status === 'rejected'
    ? paint.bad(status)
    : status === 'waiting'
      ? paint.wait(status)
      : status === 'completed'
        ? paint.good(status)
        : status;

function headText(view: SequenceView, paint: Paint): string {
  const { id, plan, environment, planDigest, key, requestedBy, publisher, mode, reason } = view;
  return pairs([
    [
      'sequence',
      `${id}  ${statusWord(view.status, paint)}${divergedText(view, paint)}${mode === 'preview' ? '  (preview: nothing is changed)' : ''}`,
    ],
    ['plan', `${plan}${environment === null ? '' : ` (${environment})`}, digest ${planDigest.slice(0, 12)}`],
    ['key', key],
    ['by', `${requestedBy || 'unknown'}, through ${publisher}`],
    ['reason', reason],
    ['started', dateText(view.startedAt)],
    ['ended', view.endedAt === null ? null : dateText(view.endedAt)],
    ['as of', view.asOf === null ? 'not in the ledger yet' : `ledger index ${view.asOf}`],
  ]);
}

const divergedText = ({ diverged, aborting, status }: SequenceView, paint: Paint): string =>
  `${diverged ? `, ${paint.bad('diverged')}` : ''}${aborting && status !== 'aborted' ? `, ${paint.bad('aborting')}` : ''}`;

/** What it noticed at its targets, and what was decided about it. */
function noticedText({ mutations, id }: SequenceView, paint: Paint): string {
  const lines = mutations.map(({ at, class: its, target, actor, step, holds, accepted, id: mutation }) => {
    const about = step === null ? target : `${target} (${step})`;
    const then = accepted ? `accepted by ${accepted.by}` : holds ? paint.wait('waits for a decision') : 'recorded';
    return `  ${clockText(at)}  ${its}  ${about} by ${actor ?? 'unknown'}, ${then}  ${mutation}`;
  });
  const waits = mutations.some(({ holds }) => holds);
  const hint = waits ? [`decide: causeway explain ${id}`] : [];
  return ['noticed at its targets:', ...lines, ...hint].join('\n');
}

function stepsText(view: SequenceView): string {
  const scopes = [...new Set(view.steps.flatMap((step) => step.scopes.map(({ scope }) => scope)))];
  const rows = view.steps.map((step) => [
    step.id,
    step.target,
    step.change,
    stepWord(step),
    ...scopes.map((scope) =>
      cellOf(
        step,
        step.scopes.find((one) => one.scope === scope),
      ),
    ),
  ]);
  return table(['STEP', 'TARGET', 'CHANGE', 'STATE', ...scopes.map((scope) => scope.toUpperCase())], rows);
}

function stepWord(step: StepView): string {
  const again = step.attempt !== null && step.attempt > 1 ? ` (attempt ${step.attempt})` : '';
  if (step.phase === 'previewed') return step.found ?? 'unknown';
  if (step.phase === 'ready') return step.changed === false ? `${step.rung}, already so` : step.rung;
  if (step.phase === 'applied') {
    const looked = step.againSince === null ? '' : ', looked at again';
    return `${step.changed === false ? 'already so' : 'applied'}${looked}${step.overdue ? ', overdue' : ''}${again}`;
  }
  return `${step.phase === 'commanded' ? 'ordered' : step.phase}${again}`;
}

function cellOf(step: StepView, scope: ScopeView | undefined): string {
  if (!scope) return '';
  const lacking = scope.members.filter(({ state }) => state === 'not-yet' || state === 'unknown');
  if (step.phase === 'applied' && lacking.length > 0) return `waits: ${lacking.map(({ member }) => member).join(', ')}`;
  if (scope.ready) return `ready ${clockText(scope.effectiveAt)}`;
  return step.phase === 'applied' ? 'looking' : '-';
}

const troubleOf = ({ id, phase, problem }: StepView): string[] =>
  problem === null ? [] : [`${id} ${phase}: ${problem.code === phase ? '' : `${problem.code}: `}${problem.message}`];

/** Gate by gate, member by member: what is missing, since when, and when it was last seen. */
export function holdsText(holds: readonly Hold[], nowMs: number, paint: Paint): string {
  const gates = [...new Set(holds.map(({ gate }) => gate))];
  return gates
    .map((gate) => {
      const name = gate === null ? 'the end of the sequence' : `step ${gate}`;
      const lines = holds.filter((hold) => hold.gate === gate).map((hold) => `  ${holdLine(hold, nowMs)}`);
      return [paint.wait(`${name} is held:`), ...lines].join('\n');
    })
    .join('\n');
}

/** Reasons whose detail names what it is about. */
const TOLD_WITHOUT_PLACE: ReadonlySet<string> = new Set(['not-begun', 'out-of-sequence', 'stopped', 'conflict']);

function holdLine(
  hold: Pick<Hold, 'step' | 'scope' | 'member' | 'detail' | 'since' | 'lastReadingAt' | 'reason'>,
  nowMs: number,
): string {
  if (TOLD_WITHOUT_PLACE.has(hold.reason)) return `${hold.reason}: ${hold.detail}; ${sinceText(hold.since, nowMs)}`;
  const place = hold.member === null ? `step ${hold.step}` : `${hold.scope}/${hold.member} (${hold.step})`;
  const seen =
    hold.member === null
      ? ''
      : hold.lastReadingAt === null
        ? ', never seen'
        : `, last seen ${ageText(nowMs - Date.parse(hold.lastReadingAt))} ago`;
  return `${place}  ${hold.reason}: ${hold.detail}; ${sinceText(hold.since, nowMs)}${seen}`;
}

function rejectionText({ rejection }: SequenceView, paint: Paint): string {
  const problems = rejection?.problems ?? [];
  const lines = problems.map(
    ({ pointer, message, hint }) => `  ${pointer || '/'}: ${message}${hint ? ` (${hint})` : ''}`,
  );
  return [paint.bad(`refused: ${rejection?.code ?? 'unknown'}`), ...lines].join('\n');
}
