import { conflictKeysOf } from '../claim/conflict-keys';
import type { Context } from './context';
import type { Draft } from './decision';
import { holdForConflict } from './holds';
import { couldStart } from './order';
import type { OpenSequence } from './state';

/**
 * Conflict keys. A sequence takes all of them at once, when its first step could be commanded, and keeps them until it ends: so whatever
 * another does to the same resource comes before its first step or after its last. Until then nothing of it is commanded.
 *
 * @returns whether it has its keys
 */
export function hasKeys(draft: Draft<OpenSequence>, { sequenceId }: Context): boolean {
  const { acceptance, claim } = draft.state;
  if (claim?.phase === 'held') return true;
  const keys = conflictKeysOf(acceptance);
  if (keys.length === 0) return true;
  const { claims } = draft.tools;
  const behind = claims.ahead(sequenceId, keys);
  if (behind.length === 0) draft.add({ kind: 'keys-taken', turn: claims.nextTurn(), at: draft.at });
  else waitBehind(draft, behind);
  return behind.length === 0;
}

type Behind = Extract<OpenSequence['claim'], { phase: 'waiting' }>['behind'];

function waitBehind(draft: Draft<OpenSequence>, behind: Behind): void {
  const { claim } = draft.state;
  const isTold = claim?.phase === 'waiting' && namesOf(claim.behind) === namesOf(behind);
  const turn = claim?.turn ?? draft.tools.claims.nextTurn();
  if (!isTold) draft.add({ kind: 'keys-awaited', turn, behind: [...behind], at: draft.at });
  for (const step of draft.state.acceptance.steps) if (couldStart(draft.state, step)) holdForConflict(draft, step.id);
}

const namesOf = (behind: Behind): string => behind.map(({ key, sequenceId }) => `${sequenceId} ${key}`).join('\n');
