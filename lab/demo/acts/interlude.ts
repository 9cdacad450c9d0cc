import { setTimeout as sleep } from 'node:timers/promises';
import type { World } from '../../governed/world';
import { restoreOldState } from '../../teams/old-state';
import { paint, tell } from '../tell';
import { mutationsSince } from './told';

const WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 300;
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
  const deadline = Date.now() + WITHIN_MS;
  for (;;) {
    const seen = await mutationsSince(world, since);
    const at = (target: string): number => seen.filter((one) => one.target === target && one.class !== null).length;
    if (Object.entries(FEWEST).every(([target, fewest]) => at(target) >= fewest))
      return tell(paint.dim(`Causeway saw it: ${seen.length} changes that no plan explains.`));
    if (Date.now() > deadline) throw new Error(`what was put back was not all seen within ${WITHIN_MS / 1_000} s`);
    await sleep(LOOK_EVERY_MS);
  }
}
