import { configWrites, flagHistory, readFlagAsClient, readGateway } from '@causeway/lab';
import { deployStep, flagStep, planOf, policyStep, roleStep } from './plans';
import { writeJustAfterPulls } from './pull-phase';
import { createFlag } from './set-up';
import type { Story } from './story';
import { until } from './until';

/** What stands still (SIGSTOP) keeps its connections and answers nothing: a gateway while a gate waits, then an executor at work. */
const SOON_MS = 60_000;
const STOPPED_FOR_MS = 30_000;
const FLAG = 'paused-flag';

const strategyWrites = (types: readonly string[]): string[] =>
  types.flatMap((type) => /^feature-strategy-(.+)/.exec(type)?.[1] ?? []);

/** @param told the world in which it happens; what it needs (role, version 1.1.0 of the shop) is there already or comes on the way */
export function pauses(told: () => Story): void {
  describe('what stands still', () => {
    let policyWrites = 0;
    beforeAll(async () => {
      const { caddy, unleash } = told().world.lab;
      await createFlag(unleash, FLAG);
      policyWrites = (await configWrites(caddy)).length;
    });

    describe('a gateway of eu-west while the gate waits', () => {
      let id = '';
      const holdOf = async (member: string) =>
        (await told().view(id)).holds.find((hold) => hold.member === member) ?? null;

      it('the gate is held and names it, why, and how long ago it was last seen', async () => {
        const { process: gateway } = told().world.lab.caddy.gateways['gw-eu-2'];
        const plan = planOf('gateway-stands', roleStep(), deployStep(), policyStep('third'), flagStep(FLAG, true));
        id = await writeJustAfterPulls(told(), () => told().apply(plan));
        await told().tape.fact(id, 'gate-held', { step: 'flag' });
        gateway.pause();
        const pausedAt = new Date().toISOString();
        const held = await until(
          'gw-eu-2 unreachable or stale',
          async () => {
            const hold = await holdOf('gw-eu-2');
            return hold && ['unreachable', 'stale'].includes(hold.reason) ? hold : null;
          },
          SOON_MS,
        );
        expect(held).toMatchObject({ gate: 'flag', step: 'gateway', scope: 'eu-west', verdict: 'inconclusive' });
        expect(held.since > pausedAt).toBe(true);
        expect(held.lastReadingAt && held.lastReadingAt <= pausedAt).toBe(true);
        expect(held.lastReadingAgeMs).toBeGreaterThanOrEqual(Date.parse(held.since) - Date.parse(pausedAt));
        expect(held.detail).toMatch(/last answered at \d{4}-/);
      });

      it('the others become effective meanwhile, and the gate stays closed for this one alone', async () => {
        const view = await told().shows(id, 'only gw-eu-2 missing', ({ holds }) => holds.length === 1, SOON_MS);
        expect(view.holds.map(({ scope, member }) => `${scope}/${member}`)).toEqual(['eu-west/gw-eu-2']);
        const explained = await told().explain(id, 'flag');
        expect(explained.because[0]).toMatchObject({
          member: 'gw-eu-2',
          words: expect.stringContaining('gw-eu-2 in eu-west'),
        });
        expect(await readFlagAsClient({ ...told().world.lab.unleash, flag: FLAG }, 'us-east')).toBe(false);
      });

      it('goes on by itself when the gateway does', async () => {
        const { 'gw-eu-2': gateway } = told().world.lab.caddy.gateways;
        gateway.process.resume();
        expect((await told().ended(id)).status).toBe('completed');
        expect((await readGateway(gateway)).policy).toBe('third');
        expect(await readFlagAsClient({ ...told().world.lab.unleash, flag: FLAG }, 'eu-west')).toBe(true);
      });
    });

    describe('an executor for 30 s, its order taken or not', () => {
      it('another sequence on other systems completes meanwhile; afterwards the first goes on, and nothing is doubled', async () => {
        const executor = told().world.services.get('executor-unleash');
        const first = await told().apply(planOf('stopped', flagStep(FLAG, false, 'off'), flagStep(FLAG, true, 'on')));
        await told().tape.command(first, 'off');
        executor.pause();
        const pausedAtMs = Date.now();
        const other = await told().apply(planOf('meanwhile', policyStep('fourth')));
        expect((await told().ended(other, STOPPED_FOR_MS)).status).toBe('completed');
        expect(Date.now() - pausedAtMs).toBeLessThan(STOPPED_FOR_MS);
        expect(told().tape.kinds(first)).not.toContain('sequence-ended');
        await until('30 s', () => Date.now() - pausedAtMs > STOPPED_FOR_MS, 2 * STOPPED_FOR_MS);
        executor.resume();
        expect((await told().ended(first)).status).toBe('completed');
        // A call that was under way may have been lost: then another attempt is ordered, and each step is applied once all the same.
        expect(
          told()
            .tape.facts(first, 'step-applied')
            .map(({ fact }) => [fact.step, fact.changed]),
        ).toEqual([
          ['off', true],
          ['on', true],
        ]);
      });

      it('the flag was written once in each direction, and the policy once a sequence', async () => {
        const { lab } = told().world;
        const flag = { ...lab.unleash, flag: FLAG };
        const { name, email } = flag.executor;
        const ours = (await flagHistory(flag)).filter(({ by }) => by === name || by === email);
        const types = ours.map(({ type }) => type);
        expect(types.filter((type) => type.startsWith('feature-environment'))).toEqual([
          'feature-environment-enabled',
          'feature-environment-disabled',
          'feature-environment-enabled',
        ]);
        // Stopped between the two writes of `off`: what is off already keeps its strategy, and `on` needs no other.
        expect([['add'], ['add', 'remove', 'add']]).toContainEqual(strategyWrites(types));
        expect((await configWrites(lab.caddy)).slice(policyWrites).filter(({ refused }) => !refused)).toHaveLength(2);
      });
    });
  });
}
