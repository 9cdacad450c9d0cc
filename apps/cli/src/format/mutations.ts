import type { ExplainedAnswer, MutationItem, OutsideAnswer } from '@causeway/console-api';
import type { Paint } from './paint';
import { table } from './table';
import { dateText, plural } from './words';

/** Changes seen at targets, newest first, and why those that no plan explains are what they are. */
export function mutationsText(items: readonly MutationItem[], asOf: string | null): string {
  if (items.length === 0) return `no such mutation${asOfText(asOf)}`;
  const rows = items.map((one) => [
    happenedText(one),
    one.target,
    one.resource,
    one.class ?? 'not classed yet',
    actorText(one),
    channelText(one),
    one.match?.step ?? '-',
    `#${one.index}`,
    one.id,
  ]);
  const why = items
    .filter(({ explained, reason }) => !explained && reason !== null)
    .map(({ index, reason }) => `  #${index}: ${reason}`);
  const parts = [
    table(['HAPPENED', 'TARGET', 'RESOURCE', 'CLASS', 'BY', 'THROUGH', 'STEP', 'LEDGER', 'MUTATION'], rows),
  ];
  if (why.length > 0) parts.push(`why:\n${why.join('\n')}`);
  return parts.join('\n\n');
}

/** As the target claims; `between 12:00:01Z and 12:00:05Z` is told as its end with a mark. */
const happenedText = ({ happened }: MutationItem): string =>
  happened.kind === 'at' ? dateText(happened.at) : `by ${dateText(happened.to)}`;

const actorText = ({ actor, by }: MutationItem): string =>
  actor.name ?? (by.kind === 'executor' ? 'our executor' : 'unknown');

const channelText = ({ channel: { client, token, address } }: MutationItem): string =>
  [token && `token ${token}`, client && `client ${client}`, address].filter(Boolean).join(', ') || '-';

const asOfText = (asOf: string | null): string => (asOf === null ? '' : ` (as of ledger index ${asOf})`);

export function outsideText(answer: OutsideAnswer, paint: Paint): string {
  const { summary, uncovered, mutations, asOf } = answer;
  const colour = answer.answer === 'no' ? paint.good : answer.answer === 'yes' ? paint.bad : paint.wait;
  const parts = [colour(summary)];
  if (mutations.length > 0) parts.push(mutationsText(mutations, asOf));
  if (uncovered.length > 0) {
    const rows = uncovered.map(({ target, from, to, reason, index }) => [
      target,
      dateText(from),
      dateText(to),
      reason ?? 'no observer spoke of it',
      index === null ? '-' : `#${index}`,
    ]);
    parts.push(table(['NOT OBSERVED', 'FROM', 'TO', 'WHY', 'LEDGER'], rows));
  }
  return parts.join('\n\n');
}

export function explainedText({ summary, targets, owners }: ExplainedAnswer): string {
  if (targets.length === 0) return summary;
  const rows = targets.map((row) => [row.target, row.owner ?? '-', ...countsOf(row)]);
  const teams = owners.map((row) => [row.owner ?? '(not told)', ...countsOf(row)]);
  return [
    summary,
    table(['TARGET', 'OWNER', 'EXPLAINED', 'OF', 'RATIO', ''], rows),
    table(['OWNER', 'EXPLAINED', 'OF', 'RATIO', ''], teams),
  ].join('\n\n');
}

const countsOf = ({ explained, mutations, unclassed, ratio }: Omit<ExplainedAnswer['owners'][number], 'owner'>) => [
  String(explained),
  String(mutations - unclassed),
  ratio === null ? '-' : `${Math.floor(ratio * 100)} %`,
  unclassed === 0 ? '' : `${plural(unclassed, 'mutation')} not classed yet`,
];
