import type { Explanation, Hold, NoticedMutationView, SequenceView } from '@causeway/console-api';
import { clock } from './words';

/** What waits for an operator, and what was done at the targets that no plan explains. */

export const waitsForOperator = ({ reason }: Pick<Hold, 'reason'>): boolean =>
  reason === 'not-begun' || reason === 'out-of-sequence' || reason === 'stopped';

/** The mutation that an `out-of-sequence` reason names in its detail. */
export const mutationOf = ({ reason, detail }: Hold, view: SequenceView): NoticedMutationView | null =>
  reason === 'out-of-sequence' ? (view.mutations.find(({ id }) => detail.includes(id)) ?? null) : null;

/** What a gate waits for, as part of a sentence. */
export function operatorPlace(hold: Hold, view: SequenceView): string {
  if (hold.reason === 'not-begun') return 'an operator to begin the sequence';
  if (hold.reason === 'stopped') return `an operator's decision about step ${hold.step}, which was not applied`;
  const mutation = mutationOf(hold, view);
  if (!mutation) return "an operator's decision about what was done out of sequence";
  return `an operator's decision: ${mutationWords(mutation)}`;
}

export function operatorWords(hold: Hold, view: SequenceView): string {
  if (hold.reason === 'not-begun') return 'the plan says that an operator begins it; nothing is commanded before';
  const mutation = mutationOf(hold, view);
  return mutation ? `${mutationWords(mutation)}: ${mutation.detail}` : hold.detail;
}

/** The exact command to type. */
export function resumeCommand({ id, mutations }: SequenceView): string {
  const undecided = mutations.filter(({ holds }) => holds).map((mutation) => ` --accept ${mutation.id}`);
  return `causeway resume ${id}${undecided.join('')} --reason "..."`;
}

export const operatorUnblocks = (view: SequenceView): string =>
  `an operator: ${resumeCommand(view)}; or give it up: causeway abort ${view.id} --reason "..."`;

const CLASS_WORDS: Readonly<Record<NoticedMutationView['class'], string>> = {
  expected: 'in its turn',
  early: 'before its turn',
  late: 'after its time',
  repeated: 'once more',
  undeclared: 'though no plan says it',
  'different-content': 'with other content than the plan says',
};

/** `flags was changed by release-team, before its turn (early), for step flag` */
export function mutationWords({ target, actor, by, class: its, step }: NoticedMutationView): string {
  const who = actor ?? (by === 'executor' ? 'our executor' : 'somebody unknown');
  const what = step === null ? '' : `, for step ${step}`;
  return `${target} was changed by ${who} ${CLASS_WORDS[its]} (${its})${what}`;
}

/** What makes a sequence diverged, one sentence each. */
export function divergedIn({ mutations }: SequenceView): Explanation['diverged'] {
  return mutations
    .filter((mutation) => mutation.class !== 'expected')
    .map((mutation) => ({
      words: `${clock(mutation.at)} ${mutationWords(mutation)}${decided(mutation)}`,
      mutation: mutation.id,
      index: mutation.index,
    }));
}

function decided({ accepted, holds }: NoticedMutationView): string {
  if (accepted) return `; accepted by ${accepted.by}: ${accepted.reason}`;
  return holds ? '; waits for a decision' : '';
}
