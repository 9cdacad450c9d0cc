import type { MutationItem } from '@causeway/console-api';
import type { World } from '../../governed/world';
import { waitUntil } from '../../processes/wait-until';
import { restoreOldState } from '../../teams/old-state';
import { paint, tell } from '../tell';
import { mutationsSince } from './told';

const WITHIN_MS = 30_000;
/** Role, version in each region, policy, flag. */
const FEWEST = { idp: 1, shop: 2, edge: 1, flags: 1 } as const;

/**
 * Between two governed acts the teams put everything back by hand. That is not hidden from Causeway: it is observed and recorded as
 * what it is, changes that no plan explains. Resolves when all of it is in the ledger, so that nothing of it falls into the next act.
 */
export async function putBack(world: World): Promise<void> {
  tell(paint.dim('\nThe teams put everything back by hand. No plan is open, so it is recorded, and nobody is held.'));
  const since = new Date().toISOString();
  await restoreOldState(world.lab);
  let seen: readonly MutationItem[] = [];
  const at = (target: string): number => seen.filter((one) => one.target === target && one.class !== null).length;
  await waitUntil('all that was put back is in the ledger', WITHIN_MS, async () => {
    seen = await mutationsSince(world, since);
    return Object.entries(FEWEST).every(([target, fewest]) => at(target) >= fewest);
  });
  tell(paint.dim(`Causeway saw it: ${seen.length} changes that no plan explains.`));
}
