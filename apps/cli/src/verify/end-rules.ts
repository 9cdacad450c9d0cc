import { END_GATE, type OpenSequence } from '@causeway/sequence-core';
import type { Account, Fact } from './account';
import { Broken } from './order-fault';

/**
 * Whether a sequence ended as its steps are.
 * @throws Broken
 */
export function checkEnded({ state, opened }: Pick<Account, 'state' | 'opened'>, outcome: Outcome): void {
  if (state.status !== 'open') return;
  const problem = state.aborting === (outcome === 'aborted') ? ENDS[outcome](state, opened) : 'an abort says otherwise';
  if (problem) throw new Broken('ended-otherwise', `the sequence ended as ${outcome}, but ${problem}`);
}

type Outcome = Fact<'sequence-ended'>['outcome'];

const ENDS: Record<Outcome, (state: OpenSequence, opened: ReadonlySet<string>) => string | null> = {
  completed: (state, opened) => firstOutside(state, 'ready') ?? (opened.has(END_GATE) ? null : 'no gate says so'),
  previewed: (state) => firstOutside(state, 'previewed'),
  failed: ({ steps }) =>
    Object.values(steps).some(({ phase }) => phase === 'not-applied') ? null : 'no step is known to have failed',
  aborted: () => null,
};

function firstOutside({ steps }: OpenSequence, phase: 'ready' | 'previewed'): string | null {
  const found = Object.entries(steps).find(([, step]) => step.phase !== phase);
  return found ? `step ${found[0]} is ${found[1].phase}` : null;
}
