import type { Explanation } from '@causeway/console-api';
import type { Paint } from './paint';
import { statusWord } from './status';
import { ageText, sinceText } from './words';

/** Why it waits or failed, what would unblock it, and what comes next. */
export function explainText(explanation: Explanation, nowMs: number, paint: Paint): string {
  const { summary, since, because, nextCheck, status, asOf } = explanation;
  const lines = [
    `${statusWord(status, paint)}: ${paint.strong(summary)}`,
    ...(since === null ? [] : [`  ${sinceText(since, nowMs)}`]),
    ...because.flatMap((reason) => [
      '',
      `  ${reason.words}`,
      `    ${sinceText(reason.since, nowMs)}${seenText(reason.member, reason.lastReadingAt, nowMs)}`,
      `    unblocked by: ${reason.unblocks}`,
    ]),
    '',
    `  next: ${nextCheck === null ? 'nothing more will happen' : `${nextCheck.by}: ${nextCheck.words}`}`,
    paint.dim(`  as of ${asOf === null ? 'submission; not in the ledger yet' : `ledger index ${asOf}`}`),
  ];
  return lines.join('\n');
}

function seenText(member: string | null, lastReadingAt: string | null, nowMs: number): string {
  if (member === null) return '';
  return lastReadingAt === null ? ', never seen' : `, last seen ${ageText(nowMs - Date.parse(lastReadingAt))} ago`;
}
