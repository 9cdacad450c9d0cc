import { setTimeout as pause } from 'node:timers/promises';
import type { EntryItem, Page, PathAnswer } from '@causeway/console-api';
import type { Story } from '../story';
import { until } from '../until';
import { putOnBoth, type ShelfWorld } from './shelf-world';

const HOUR_MS = 3_600_000;
const WAYS = [
  ['hour', HOUR_MS],
  ['month', -30 * 24 * HOUR_MS],
] as const;
/** A run takes this long at the most. */
const WITHIN_MS = 600_000;
const SOON_MS = 60_000;
const SERVICES = ['sequencer', 'executor-front', 'readiness-prober', 'ledger', 'console'];
/** What depends on when somebody looked, not on what happened. */
const OF_WAITING = ['gate-held', 'scope-ready', 'scope-withdrawn'];

/** What a run comes to, without the times. */
interface Outcome {
  readonly status: string;
  readonly facts: readonly string[];
  readonly paths: readonly (readonly string[])[];
  readonly classes: readonly string[];
}

/** The wall clock of one service at a time is set to another hour, another month: nothing but waiting times may change. */
export function movedClocks(told: () => Story<ShelfWorld>): void {
  /** In which order the steps took effect in each scope, once all of it is told. */
  const paths = (id: string): Promise<string[][]> =>
    Promise.all(
      ['us', 'eu'].map((scope) =>
        until(
          `the whole path of ${scope}`,
          async () => {
            const answer = (await (await told().ask(`/v1/sequences/${id}/paths/${scope}`)).json()) as PathAnswer;
            const isWhole = answer.steps.length === 2;
            return isWhole && answer.steps.map(({ step, madeBy }) => `${step} by ${madeBy.kind}`);
          },
          SOON_MS,
        ),
      ),
    );
  /** Class of what was seen at both targets of a value, once it is classed. */
  const classes = (value: string): Promise<string[]> =>
    until(
      `classes of ${value}`,
      async () => {
        const seen = await Promise.all(['front', 'back'].map((target) => told().mutations(target)));
        const found = seen.flat().filter(({ with: about }) => about['value'] === value);
        const classed = found.flatMap(({ target, class: of }) => (of === null ? [] : `${target} ${of}`));
        return classed.length === 2 ? classed : null;
      },
      SOON_MS,
    );

  /** What a service dates its word on a sequence with, Unix milliseconds. */
  async function datedBy(service: string, id: string): Promise<number> {
    const { items } = (await (await told().ask(`/v1/sequences/${id}/history`)).json()) as Page<EntryItem>;
    const own = items.find(({ message }) => (message as { source?: string } | null)?.source === `/${service}`);
    const at = service === 'ledger' ? items[0]?.recordedAt : (own?.message as { time?: string } | undefined)?.time;
    return Date.parse(at ?? '');
  }

  async function outcomeOf(id: string, value: string): Promise<Outcome> {
    const { status } = await told().ended(id);
    const facts = told().tape.all(id);
    const kept = facts.filter(({ kind }) => !OF_WAITING.includes(kind));
    return {
      status,
      facts: kept.map((fact) => ('step' in fact ? `${fact.kind} ${fact.step}` : fact.kind)),
      paths: await paths(id),
      classes: await classes(value),
    };
  }

  describe('a wall clock that is wrong', () => {
    let undisturbed: Outcome;
    beforeAll(async () => {
      undisturbed = await outcomeOf(await told().apply(putOnBoth('undisturbed')), 'undisturbed');
      expect(undisturbed).toMatchObject({
        status: 'completed',
        paths: [
          ['front by executor', 'back by executor'],
          ['front by executor', 'back by executor'],
        ],
        classes: ['front expected', 'back expected'],
      });
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
          expect(await outcomeOf(id, value)).toEqual(undisturbed);
          const wrongByMs = (await datedBy(name, id)) - Date.now();
          expect(Math.abs(wrongByMs - byMs)).toBeLessThan(WITHIN_MS);
        }
        told().world.moveClock(name, 0);
      },
    );
  });
}
