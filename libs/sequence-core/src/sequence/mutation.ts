import { limits } from '@causeway/contracts';
import { cut } from '../cut';
import type { Context, Input } from './context';
import type { Draft } from './decision';
import { holdAll } from './holds';
import type { OpenSequence } from './state';

type MutationInput = Extract<Input, { kind: 'mutation-classified' }>;

/**
 * Somebody changed one of this sequence's targets. What is under way ends as it does; nothing new is commanded, where the plan says
 * `hold`, until an operator has accepted what was noticed or has aborted.
 */
export function decideMutation(
  { classification, mutation }: MutationInput,
  draft: Draft<OpenSequence>,
  { sequenceId }: Context,
): void {
  const { acceptance, mutations } = draft.state;
  if (acceptance.mode === 'preview' || Object.hasOwn(mutations, classification.mutation)) return;
  const holds = classification.class !== 'expected' && acceptance.plan.spec.onOutOfSequence === 'hold';
  const matched = classification.match?.sequenceId === sequenceId ? classification.match.step : null;
  draft.add({
    kind: 'mutation-noticed',
    mutation: classification.mutation,
    target: mutation.target,
    step: matched,
    class: classification.class,
    by: classification.by,
    actor: mutation.actor.name,
    detail: cut(`${mutation.resource}: ${classification.reason}`, limits.text),
    holds,
    at: draft.at,
  });
  if (holds && !draft.state.aborting) holdAll(draft);
}
