import type { ClassificationData, MutationClass, MutationData } from '@causeway/contracts';
import { cut } from '../cut';
import { own } from '../own';
import { sameJson } from '../readiness/expectation';
import type { Candidate } from './candidates';

/** A class with its reason, and the step it was matched to. */
export interface Found {
  readonly class: MutationClass;
  /** One sentence for people. */
  readonly reason: string;
  readonly match: ClassificationData['match'];
}

export const found = (of: MutationClass, candidate: Candidate | null, reason: string): Found => ({
  class: of,
  reason,
  match: candidate && { sequenceId: candidate.sequenceId, step: candidate.step.id },
});

/** A step as people know it. */
export const named = ({ step, sequence }: Candidate): string =>
  `step ${step.id} of ${sequence.acceptance.plan.metadata.name} (${sequence.acceptance.key})`;

/** The first thing in which a mutation is not what the step says. */
export function difference({ effect, with: told }: MutationData, { step }: Candidate): string {
  if (effect === 'removed') return 'it was removed';
  const name = Object.keys(told).find((one) => !sameJson(told[one], own(step.with, one)));
  if (name === undefined) return 'it is about another resource';
  return `${name} is ${shown(told[name])}, the plan says ${shown(own(step.with, name))}`;
}

const LONGEST = 120;
const shown = (value: unknown): string => cut(JSON.stringify(value) ?? 'nothing', LONGEST);
