import type { ClassificationData, MutationData } from '@causeway/contracts';
import { candidatesFor, isApplied, touches, type SequenceAt } from './candidates';
import { classifyOthers } from './others';
import { classifyOurs } from './ours';
import type { Found } from './found';
import type { Rules, TargetState } from './target-state';

/**
 * What an observed mutation is against the plans. Synchronous, total, pure.
 *
 * 1. Ours is what bears our executor's mark at the target, and nothing else: never "at about that time". The times, the actor and
 *    the channel of a mutation change nothing about its class.
 * 2. Ours is never early and never late, and is expected only if an attempt of that step was ordered with that content.
 * 3. What a mutation does not tell is not compared; what it tells has to be as the step says.
 * 4. A mutation is matched to steps by target, change, identifying parameters and scope; without one it is undeclared.
 * 5. Everything it depends on is given: the mutation, the target's state before it, the sequences at their versions in their order.
 *    So anybody who has the ledger computes the same.
 * 6. Anything but `expected` stops every open sequence of the target whose plan says so.
 * 7. A change of these rules has a number, and what was classed before it is computed again by the rules of its time.
 */
export interface Classified extends Found {
  readonly by: ClassificationData['by'];
  /** The classified mutation of the same resource before this one. */
  readonly previous: string | null;
  /** Ids of the sequences that stop for it. */
  readonly holds: string[];
}

/**
 * @param target the target's state before this mutation
 * @param sequences those named in `against`, in that order: {@link sequencesFor} when it is decided for the first time
 * @param rules {@link NEWEST_RULES} when it is decided for the first time
 */
export function classify(
  mutation: MutationData,
  target: TargetState,
  sequences: readonly SequenceAt[],
  rules: Rules,
): Classified {
  const resource = target.resources.get(mutation.resource);
  const candidates = candidatesFor(mutation, sequences);
  const found =
    mutation.by.kind === 'executor'
      ? classifyOurs(mutation, candidates, sequences, resource?.attempts ?? [])
      : classifyOthers(mutation, candidates, resource, rules);
  const previous = resource?.last.id ?? null;
  return { ...found, by: mutation.by.kind, previous, holds: holdsOf(found, mutation.target, sequences) };
}

const holdsOf = (found: Found, target: string, sequences: readonly SequenceAt[]): string[] =>
  found.class === 'expected' ? [] : sequences.filter((one) => stopsFor(one, target)).map((one) => one.sequenceId);

const stopsFor = ({ state }: SequenceAt, target: string): boolean =>
  state.status === 'open' &&
  isApplied(state) &&
  touches(state, target) &&
  state.acceptance.plan.spec.onOutOfSequence === 'hold';

/**
 * The sequences that a mutation concerns, by id: all open ones of its target, if it is out of sequence; the one it was taken for, if
 * somebody else did what was to be done. Our own expected work concerns nobody: its results tell.
 */
export function concernedBy(
  { class: found, by, match, target }: Pick<ClassificationData, 'class' | 'by' | 'match' | 'target'>,
  sequences: readonly SequenceAt[],
): string[] {
  const open = sequences.filter(({ state }) => state.status === 'open' && isApplied(state) && touches(state, target));
  const ids = open.map(({ sequenceId }) => sequenceId);
  if (found !== 'expected') return ids;
  return by === 'executor' ? [] : ids.filter((id) => id === match?.sequenceId);
}
