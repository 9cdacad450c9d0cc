import { setTimeout as pause } from 'node:timers/promises';
import type { EntryItem, Page } from '@causeway/console-api';
import type { Story } from '../story';
import { outcomeOf, UNDISTURBED, type Outcome } from './outcome';
import { putOnBoth, type ShelfWorld } from './shelf-world';

const HOUR_MS = 3_600_000;
const WAYS = [
  ['hour', HOUR_MS],
  ['month', -30 * 24 * HOUR_MS],
] as const;
/** A run takes this long at the most. */
const WITHIN_MS = 600_000;
const SERVICES = ['sequencer', 'executor-front', 'readiness-prober', 'ledger', 'console'];

/** The wall clock of one service at a time is set to another hour, another month: nothing but waiting times may change. */
export function movedClocks(told: () => Story<ShelfWorld>): void {
  /** What a service dates its word on a sequence with, Unix milliseconds. */
  async function datedBy(service: string, id: string): Promise<number> {
    const { items } = (await (await told().ask(`/v1/sequences/${id}/history`)).json()) as Page<EntryItem>;
    const own = items.find(({ message }) => (message as { source?: string } | null)?.source === `/${service}`);
    const at = service === 'ledger' ? items[0]?.recordedAt : (own?.message as { time?: string } | undefined)?.time;
    return Date.parse(at ?? '');
  }

  describe('a wall clock that is wrong', () => {
    let undisturbed: Outcome;
    beforeAll(async () => {
      undisturbed = await outcomeOf(told(), await told().apply(putOnBoth('undisturbed')), 'undisturbed');
      expect(undisturbed).toMatchObject(UNDISTURBED);
    });

    it.each(SERVICES)(
      'of %s, by an hour and then by minus a month: the same outcome, order, paths, classes',
      async (name) => {
        for (const [way, byMs] of WAYS) {
          told().world.moveClock(name, byMs);
          // The service reads it every 50 ms.
          await pause(200);
          const value = `${name}-${way}`;
          const id = await told().apply(putOnBoth(value));
          expect(await outcomeOf(told(), id, value)).toEqual(undisturbed);
          const wrongByMs = (await datedBy(name, id)) - Date.now();
          expect(Math.abs(wrongByMs - byMs)).toBeLessThan(WITHIN_MS);
        }
        told().world.moveClock(name, 0);
      },
    );
  });
}
