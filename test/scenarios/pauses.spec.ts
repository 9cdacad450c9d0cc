import { configWrites, flagHistory, readFlagAsClient, readGateway, roleMappingHistory } from '@causeway/lab';
import { deployStep, FLAG, flagStep, planOf, policyStep, roleStep } from './plans';
import { writeJustAfterPulls } from './pull-phase';
import { Story } from './story';
import { until } from './until';

/** What stands still (SIGSTOP) keeps its connections and answers nothing: a gateway while a gate waits, then an executor at work. */
jest.setTimeout(240_000);

const SOON_MS = 60_000;
const STOPPED_FOR_MS = 30_000;
let story: Story;

beforeAll(async () => {
  story = await Story.begin({ euWestDelaySeconds: 8 });
});
afterAll(() => story?.end());

describe('one gateway of eu-west stands still while the gate waits', () => {
  let id = '';
  const holdOf = async (member: string) => (await story.view(id)).holds.find((hold) => hold.member === member) ?? null;

  it('the gate is held and names it, why, and how long ago it was last seen', async () => {
    const { process: gateway } = story.world.lab.caddy.gateways['gw-eu-2'];
    const plan = planOf('gateway-stands', roleStep(), deployStep(), policyStep('first'), flagStep(FLAG, true));
    id = await writeJustAfterPulls(story, () => story.apply(plan));
    await story.tape.fact(id, 'gate-held', { step: 'flag' });
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
    const seenMsAgo = Date.now() - Date.parse(held.lastReadingAt ?? '');
    expect(Math.abs((held.lastReadingAgeMs ?? -1) - seenMsAgo)).toBeLessThan(5_000);
    expect(held.detail).toMatch(/last answered at \d{4}-/);
  });

  it('the others become effective meanwhile, and the gate stays closed for this one alone', async () => {
    const view = await story.shows(id, 'only gw-eu-2 missing', ({ holds }) => holds.length === 1, SOON_MS);
    expect(view.holds.map(({ scope, member }) => `${scope}/${member}`)).toEqual(['eu-west/gw-eu-2']);
    const explained = await story.explain(id, 'flag');
    expect(explained.because[0]).toMatchObject({
      member: 'gw-eu-2',
      words: expect.stringContaining('gw-eu-2 in eu-west'),
    });
    expect(await readFlagAsClient(story.world.lab.unleash, 'us-east')).toBe(false);
  });

  it('goes on by itself when the gateway does', async () => {
    const { 'gw-eu-2': gateway } = story.world.lab.caddy.gateways;
    gateway.process.resume();
    expect((await story.ended(id)).status).toBe('completed');
    expect((await readGateway(gateway)).policy).toBe('first');
    expect(await readFlagAsClient(story.world.lab.unleash, 'eu-west')).toBe(true);
  });
});

describe('an executor stands still for 30 s, its order taken or not', () => {
  it('another sequence on other systems completes meanwhile; afterwards the first goes on, and nothing is doubled', async () => {
    const executor = story.world.services.get('executor-unleash');
    const first = await story.apply(planOf('stopped', flagStep(FLAG, false, 'off'), flagStep(FLAG, true, 'on')));
    await story.tape.command(first, 'off');
    executor.pause();
    const pausedAtMs = Date.now();
    const other = await story.apply(planOf('meanwhile', policyStep('second')));
    expect((await story.ended(other, STOPPED_FOR_MS)).status).toBe('completed');
    expect(Date.now() - pausedAtMs).toBeLessThan(STOPPED_FOR_MS);
    expect(story.tape.kinds(first)).not.toContain('sequence-ended');
    await until('30 s', () => Date.now() - pausedAtMs > STOPPED_FOR_MS, 2 * STOPPED_FOR_MS);
    executor.resume();
    expect((await story.ended(first)).status).toBe('completed');
    // A call that was under way may have been lost: then another attempt is ordered, and each step is applied once all the same.
    expect(story.tape.facts(first, 'step-applied').map(({ fact }) => [fact.step, fact.changed])).toEqual([
      ['off', true],
      ['on', true],
    ]);
  });

  it('the flag was written once in each direction, and every other system once a step', async () => {
    const { lab } = story.world;
    const { name, email } = lab.unleash.executor;
    const ours = (await flagHistory(lab.unleash)).filter(({ by }) => by === name || by === email);
    expect(ours.map(({ type }) => type)).toEqual([
      ...['feature-strategy-add', 'feature-environment-enabled'],
      ...['feature-environment-disabled', 'feature-strategy-remove'],
      ...['feature-strategy-add', 'feature-environment-enabled'],
    ]);
    expect((await configWrites(lab.caddy)).filter(({ refused }) => !refused)).toHaveLength(2);
    expect(await roleMappingHistory(lab.keycloak)).toHaveLength(1);
  });
});

describe('in the end', () => {
  it('every message is accounted for and the export verifies offline', async () => {
    expect(await story.closingFaults()).toEqual([]);
  });
});
