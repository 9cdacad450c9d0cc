import type { LackingAnswer, MutationItem, PathAnswer } from '@causeway/console-api';
import { clearStrategies, setEventClock, switchFlag } from '@causeway/lab';
import { flagStep, planOf, roleStep } from './plans';
import { createFlag, createRole } from './set-up';
import type { Story } from './story';
import { until } from './until';

const SOON_MS = 60_000;
const CLASSED_WITHIN_MS = 5_000;
const MINUTE_MS = 60_000;

/** A target's clock is wrong by ten minutes: what it says of time is kept as its claim, and orders nothing. */
export function wrongClock(told: () => Story): void {
  describe.each([10, -10])('a flag service whose clock is wrong by %d minutes', (minutes) => {
    const [flag, ...roles] = [`clock${minutes}`, `before${minutes}`, `after${minutes}`];
    const lab = () => told().world.lab;
    const atFlag = async (): Promise<MutationItem[]> =>
      (await told().mutations('flags')).filter(({ with: about }) => about['flag'] === flag);
    let id = '';
    const path = async (): Promise<PathAnswer> =>
      (await (await told().ask(`/v1/sequences/${id}/paths/us-east`)).json()) as PathAnswer;
    /** A look has seen that it is not there: else nobody could tell that it ever was not. */
    const seenWithout = (step: string): Promise<boolean> =>
      until(
        `a look at us-east without ${step}`,
        async () => {
          const answer = await told().ask(`/v1/sequences/${id}/steps/${step}/lacking`);
          const { lacking } = (await answer.json()) as LackingAnswer;
          return lacking.some(({ scope, view }) => scope === 'us-east' && view === 'lacks');
        },
        SOON_MS,
      );
    const pathWith = (step: string): Promise<PathAnswer> =>
      until(
        `${step} in the path`,
        async () => {
          const answer = await path();
          return answer.steps.some((one) => one.step === step) ? answer : null;
        },
        SOON_MS,
      );

    beforeAll(async () => {
      await createFlag(lab().unleash, flag);
      for (const role of roles) await createRole(lab().keycloak, role);
      await setEventClock(lab().unleash, minutes);
      const [before, after] = [roleStep(roles[0], 'before'), roleStep(roles[1], 'after')];
      const { spec, ...plan } = planOf(flag, before, flagStep(flag, true), after);
      id = await told().apply({ ...plan, spec: { ...spec, start: 'on-resume', onOutOfSequence: 'record' } });
      await told().tape.fact(id, 'sequence-accepted');
      await seenWithout('flag');
    });
    afterAll(() => setEventClock(lab().unleash, 0));

    it('what is done by hand is classed in time and in its order, and its own time is kept as it says', async () => {
      const unleash = { ...lab().unleash, flag };
      await switchFlag(unleash, 'on');
      const doneAtMs = Date.now();
      await until('a class', async () => (await atFlag()).some(({ class: is }) => is !== null), SOON_MS);
      expect(Date.now() - doneAtMs).toBeLessThan(CLASSED_WITHIN_MS);
      await pathWith('flag');
      await switchFlag(unleash, 'off');
      await seenWithout('flag');
      const seen = await until(
        'both switches classed',
        async () => {
          const all = (await atFlag()).filter(({ resource, class: is }) => !resource.includes('/strategies/') && is);
          return all.length === 2 ? all : null;
        },
        SOON_MS,
      );
      expect(seen.map(({ class: is, with: { enabled } }) => [is, enabled])).toEqual([
        ['early', true],
        ['different-content', false],
      ]);
      for (const one of seen) expectClaimed(one);
      await clearStrategies(unleash);
    });

    it('our own work is expected, and the path is in the order in which things became effective', async () => {
      await told().decide(id, 'resume');
      expect(await told().ended(id)).toMatchObject({ status: 'completed' });
      const ours = await until(
        'our own work classed',
        async () => {
          const all = (await atFlag()).filter(({ by }) => by.kind === 'executor');
          return all.length > 0 && all.every(({ class: is }) => is !== null) ? all : null;
        },
        SOON_MS,
      );
      for (const one of ours) expect(one).toMatchObject({ class: 'expected', match: { sequenceId: id, step: 'flag' } });
      for (const one of ours) expectClaimed(one);
      const { steps, divergences } = await pathWith('after');
      expect(steps.map(({ step, lost }) => [step, lost])).toEqual([
        ['flag', true],
        ['before', false],
        ['after', false],
      ]);
      expect(divergences.map(({ earlier, later }) => `${later} before ${earlier}`)).toEqual(['flag before before']);
    });

    function expectClaimed({ happened, observedAt }: MutationItem): void {
      if (happened.kind !== 'at') throw new Error('Unleash tells an instant of each event');
      const aheadMs = Date.parse(happened.at) - Date.parse(observedAt);
      expect(Math.abs(aheadMs - minutes * MINUTE_MS)).toBeLessThan(MINUTE_MS / 2);
    }
  });
}
