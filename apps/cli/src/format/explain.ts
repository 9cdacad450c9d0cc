import { isOver, type Explanation, type GateView, type QueuedView } from '@causeway/console-api';
import type { Paint } from './paint';
import { statusWord } from './status';
import { ageText, clockText, sinceText } from './words';

/** Why it waits or failed, what would unblock it, and what comes next. */
export function explainText(explanation: Explanation, nowMs: number, paint: Paint): string {
  const { summary, since, because, gates, diverged, queue, status, asOf } = explanation;
  const lines = [
    `${statusWord(status, paint)}${diverged.length > 0 ? `, ${paint.bad('diverged')}` : ''}: ${paint.strong(summary)}`,
    ...(since === null ? [] : [`  ${sinceText(since, nowMs)}`]),
    ...told(because).flatMap((reason) => [
      '',
      `  ${reason.words}`,
      `    ${sinceText(reason.since, nowMs)}${seenText(reason.member, reason.lastReadingAt, nowMs)}`,
      `    unblocked by: ${reason.unblocks}`,
    ]),
    ...(queue.length > 0 ? ['', '  before it:', ...queue.map((one) => `    ${queuedText(one, nowMs)}`)] : []),
    ...(diverged.length > 0
      ? ['', '  diverged:', ...diverged.map(({ words, index }) => `    ${words} (ledger #${index})`)]
      : []),
    ...(gates.length > 0 ? ['', ...gates.map((gate) => `  ${gateText(gate, nowMs)}`)] : []),
    '',
    `  next: ${nextText(explanation)}`,
    paint.dim(`  as of ${asOf === null ? 'submission; not in the ledger yet' : `ledger index ${asOf}`}`),
  ];
  return lines.join('\n');
}

/** Of a step that is where it stays the sequence may still go on. */
function nextText({ nextCheck, status, step }: Explanation): string {
  if (nextCheck !== null) return `${nextCheck.by}: ${nextCheck.words}`;
  return step === null || isOver(status) ? 'nothing more will happen' : `nothing more will happen to step ${step}`;
}

/** `7. 0195... (auditor-role, CHG-1) has its keys, since 12:00:34Z (30 s): flag waits for ...` */
function queuedText({ sequenceId, plan, key, turn, holds, since, words }: QueuedView, nowMs: number): string {
  const what = holds ? 'has its keys' : 'waits too';
  return `${turn}. ${sequenceId} (${plan}, ${key}) ${what}, ${sinceText(since, nowMs)}: ${words}`;
}

type Reason = Explanation['because'][number];

/** What an operator has to decide holds every gate: it is told once, with the oldest of its times. */
function told(because: readonly Reason[]): Reason[] {
  const first = new Map<string, Reason>();
  for (const reason of because) {
    const known = first.get(reason.words);
    if (!known || reason.since < known.since) first.set(reason.words, reason);
  }
  return [...first.values()];
}

function seenText(member: string | null, lastReadingAt: string | null, nowMs: number): string {
  if (member === null) return '';
  return lastReadingAt === null ? ', never seen' : `, last seen ${ageText(nowMs - Date.parse(lastReadingAt))} ago`;
}

/** `gate of flag: held for 30 s by gateway in eu-west: gw-eu-1; opened 12:00:34Z on gateway in us-east (evidence ab12...)` */
function gateText({ gate, heldSince, heldFor, openedAt, shown }: GateView, nowMs: number): string {
  const until = openedAt === null ? nowMs : Date.parse(openedAt);
  const held = heldSince === null ? [] : [`held for ${ageText(until - Date.parse(heldSince))} by ${heldFor}`];
  const places = shown.map(
    ({ step, scope, effectiveAt, evidence, index }) =>
      `${step} in ${scope} (seen ${clockText(effectiveAt)}, evidence ${evidence.slice(0, 12)}${index === null ? '' : `, ledger #${index}`})`,
  );
  const on = places.length > 0 ? `on ${places.join(', ')}` : 'at once: it needs nothing before it';
  const opened = openedAt === null ? [] : [`opened ${clockText(openedAt)} ${on}`];
  return `gate of ${gate ?? 'the end'}: ${[...held, ...opened].join('; ')}`;
}
