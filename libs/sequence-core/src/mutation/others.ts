import type { MutationClass, MutationData } from '@causeway/contracts';
import type { StepState } from '../sequence/state';
import { isSameContent, wasApplied, type Candidate } from './candidates';
import { difference, found, named, type Found } from './found';
import { isAsLeft, isSame } from './left';
import type { ResourceState, Rules } from './target-state';

/**
 * A mutation without our executor's mark.
 * @param resource how it was left before; undefined: not known
 */
export function classifyOthers(
  mutation: MutationData,
  candidates: readonly Candidate[],
  resource: ResourceState | undefined,
  rules: Rules,
): Found {
  const [first] = candidates;
  if (!first) return undeclared(mutation);
  if (tellsNoContent(mutation, first))
    return found(
      'different-content',
      first,
      `what it set is not told, so it is not taken for what ${named(first)} says`,
    );
  const same = candidates.filter((one) => isSameContent(mutation, one));
  if (resource && changesNothing(mutation, resource, rules))
    return found('repeated', same[0] ?? first, 'the last change of this resource already left it so');
  const [open] = same.filter(({ sequence }) => sequence.status === 'open').sort(byUrgency);
  if (open) return ofOpen(open);
  const ended = same[0];
  if (ended) return ofEnded(ended, candidates, mutation);
  return found('different-content', first, `${named(first)} says otherwise: ${difference(mutation, first)}`);
}

const undeclared = ({ change }: MutationData): Found =>
  found('undeclared', null, change === null ? 'no plan can declare this kind of change' : 'no plan declares it');

/** Says which resource, and nothing of what the step would make of it: that nothing contradicts is no sameness. */
const tellsNoContent = ({ effect, with: told }: MutationData, { step }: Candidate): boolean => {
  const isContent = (name: string): boolean => !step.identifiedBy.includes(name);
  return effect === 'set' && Object.keys(step.with).some(isContent) && !Object.keys(told).some(isContent);
};

const changesNothing = (mutation: MutationData, { last, left }: ResourceState, rules: Rules): boolean =>
  rules === 1 ? isSame(mutation, last) : isAsLeft(mutation, left);

type Turn = Extract<MutationClass, 'early' | 'expected' | 'late' | 'repeated'>;

/** What the same content is, from somebody else, in each phase of the step that says it. */
const TURN: Readonly<Record<StepState['phase'], Turn>> = {
  waiting: 'early',
  previewed: 'early',
  commanded: 'expected',
  'retry-later': 'expected',
  'outcome-unknown': 'expected',
  'not-applied': 'late',
  applied: 'repeated',
  ready: 'repeated',
};

/** Where several open steps say the same, the one that something was taken from is named. */
const URGENCY: readonly Turn[] = ['early', 'expected', 'late', 'repeated'];
const byUrgency = (a: Candidate, b: Candidate): number =>
  URGENCY.indexOf(TURN[a.now.phase]) - URGENCY.indexOf(TURN[b.now.phase]);

function ofOpen(step: Candidate): Found {
  const turn = TURN[step.now.phase];
  switch (turn) {
    case 'early':
      return found(turn, step, `somebody else did what ${named(step)} is to do later: its turn has not come`);
    case 'expected':
      return found(turn, step, `somebody else did what ${named(step)} does at this time`);
    case 'late':
      return found(turn, step, `somebody else did what ${named(step)} tried and could not do`);
    case 'repeated':
      return found(turn, step, `${named(step)} has done this already`);
  }
}

function ofEnded(step: Candidate, candidates: readonly Candidate[], mutation: MutationData): Found {
  if (!wasApplied(step)) return found('late', step, `${named(step)} was to do this, and its sequence ended without it`);
  const since = candidates.find((one) => wasApplied(one) && !isSameContent(mutation, one) && isAfter(one, step));
  return since
    ? found('late', step, `${named(step)} did this, and ${named(since)} has replaced it since`)
    : found('repeated', step, `${named(step)} has done this already`);
}

const isAfter = (one: Candidate, other: Candidate): boolean =>
  (one.now.commandedAt ?? '') > (other.now.commandedAt ?? '');
