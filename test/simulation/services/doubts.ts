import type { OpenSequence } from '@causeway/sequence-core';

/** One attempt of which nobody knows what became, and no look-up can tell. */
export interface Doubt {
  readonly sequenceId: string;
  readonly step: string;
  readonly attempt: number;
}

/** What only a person can settle. */
export function openDoubts(sequenceId: string, { acceptance, steps }: OpenSequence): Doubt[] {
  return acceptance.steps.flatMap(({ id: step, capability }) => {
    const state = steps[step];
    const isDoubt = capability === 'D' && state?.phase === 'outcome-unknown';
    return isDoubt ? [{ sequenceId, step, attempt: state.attempt }] : [];
  });
}
