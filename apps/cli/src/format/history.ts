import type { EntryItem, TargetEvent } from '@causeway/console-api';
import { REFUSAL_TYPE, type RefusalData } from '@causeway/contracts';
import { table } from './table';
import { dateText } from './words';

const WORDS: Readonly<Record<TargetEvent['what'], string>> = {
  commanded: 'ordered',
  applied: 'changed',
  'already-so': 'already so',
  'not-applied': 'not applied',
  'outcome-unknown': 'unknown',
  'duplicate-suspected': 'twice?',
  effective: 'effective',
  withdrawn: 'withdrawn',
};

/** What sequences did at a target, oldest first. */
export function targetHistoryText(target: string, events: readonly TargetEvent[]): string {
  if (events.length === 0) return `no sequence has touched target ${target}`;
  const rows = events.map(({ at, what, scope, change, step, plan, requestedBy, index, detail }) => [
    dateText(at),
    WORDS[what],
    scope ?? '-',
    change,
    `${plan}/${step}`,
    requestedBy,
    `#${index}`,
    detail ?? '',
  ]);
  return table(['AT', 'WHAT', 'SCOPE', 'CHANGE', 'PLAN/STEP', 'BY', 'LEDGER', ''], rows);
}

/** Ledger entries of a sequence, oldest first. */
export function entriesText(entries: readonly EntryItem[]): string {
  if (entries.length === 0) return 'no entries yet';
  const rows = entries.map(({ index, recordedAt, type, step, message }) => [
    `#${index}`,
    dateText(recordedAt),
    type.replace(/^causeway\.|\.v1$/g, ''),
    sourceOf(message),
    step ?? '-',
    factsOf(message),
  ]);
  return table(['LEDGER', 'RECORDED', 'MESSAGE', 'FROM', 'STEP', 'FACTS'], rows);
}

/** What a process was refused whose place another had: nothing of it happened. */
const refusedText = ({ tried, refused, current }: RefusalData): string =>
  `refused to ${tried}, as ${tenureText(refused)}; in its place ${tenureText(current)}`;

const tenureText = ({ epoch, holder }: RefusalData['current']): string =>
  [epoch === null ? [] : `epoch ${epoch}`, holder ?? []].flat().join(' of ') || 'nobody known';

const sourceOf = (message: EntryItem['message']): string =>
  String((message as { readonly source?: unknown } | null)?.source ?? '').replace(/^\//, '');

function factsOf(message: EntryItem['message']): string {
  const { type, data: refusal } = message as unknown as { readonly type: string; readonly data: RefusalData };
  if (type === REFUSAL_TYPE) return refusedText(refusal);
  const { data } = message as unknown as {
    readonly data?: { readonly records?: readonly { kind: string; step?: string | null }[] };
  };
  return (data?.records ?? []).map(({ kind, step }) => (step ? `${kind} ${step}` : kind)).join(', ');
}
