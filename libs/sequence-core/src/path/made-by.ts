import type { MutationClass } from '@causeway/contracts';
import type { FollowedStep } from './path-state';

/** Who made a step effective in a scope, as far as the ledger tells. */
export type MadeBy =
  | { readonly kind: 'executor'; readonly commandId: string; readonly ledgerIndex: number }
  | {
      readonly kind: 'other';
      readonly mutation: string;
      readonly class: MutationClass;
      readonly actor: string | null;
      /** Of the classification. */
      readonly ledgerIndex: number;
    }
  | { readonly kind: 'unknown' };

/**
 * Seen before we ordered it, or ordered and found already so: somebody else, the first mutation matched to the step that reaches this
 * scope. Otherwise our command. Told by ledger order and by what the executor found, never by clocks.
 * @param seenIndex ledger index of the entry that first shows it
 */
export function madeBy({ commanded, changed, mutations }: FollowedStep, scope: string, seenIndex: number): MadeBy {
  const reaching = mutations.filter(
    ({ effect, scopes }) => effect === 'set' && (scopes === null || scopes.includes(scope)),
  );
  const foreign = reaching.find(({ by }) => by === 'other');
  const orderedBefore = commanded !== null && commanded.index < seenIndex;
  const weDidIt = changed === true || (changed === null && !foreign) || reaching[0]?.by === 'executor';
  if (orderedBefore && weDidIt)
    return { kind: 'executor', commandId: commanded.commandId, ledgerIndex: commanded.index };
  if (!foreign) return { kind: 'unknown' };
  const { mutation, class: itsClass, actor, index } = foreign;
  return { kind: 'other', mutation, class: itsClass, actor, ledgerIndex: index };
}
