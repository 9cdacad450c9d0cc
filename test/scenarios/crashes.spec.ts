import { configWrites, deployHistory, flagHistory, readGateway, readOutcome, roleMappingHistory } from '@causeway/lab';
import { createRole } from './set-up';
import { LossyWay } from './lossy-way';
import { pauses } from './pauses';
import { deployStep, FLAG, flagStep, planOf, policyStep, roleStep } from './plans';
import { Story } from './story';
import { until } from './until';

/**
 * Every service is killed once at a chosen moment of one sequence, and started again; then, in a second sequence, executors die
 * with a call under way. Both sequences end, and each system's own history shows each change once.
 *
 * A gateway that stands still (SIGSTOP) keeps the gate closed for as long as the test needs.
 */
jest.setTimeout(240_000);

const SOON_MS = 60_000;
let story: Story;
let way: LossyWay;
const restarts: Promise<void>[] = [];

beforeAll(async () => {
  story = await Story.begin({
    euWestDelaySeconds: 4,
    between: async (lab) => {
      way = await LossyWay.to(lab.unleash.url);
      return { ...lab, unleash: { ...lab.unleash, url: way.url } };
    },
  });
});
afterAll(async () => {
  await story?.end();
  way?.close();
});

async function crash(name: string): Promise<void> {
  const { back } = await story.crash(name);
  restarts.push(back);
}
const allBack = (): Promise<unknown> => Promise.all(restarts.splice(0));
const running = (id: string): boolean => !story.tape.kinds(id).includes('sequence-ended');

describe('one sequence through the crash of every service', () => {
  let id = '';

  it('executor-keycloak dies as soon as its order lies on the topic', async () => {
    story.world.lab.caddy.gateways['gw-eu-1'].process.pause();
    const plan = planOf('crash', roleStep(), deployStep(), policyStep('auditor'), flagStep(FLAG, true));
    id = await story.apply(plan);
    await story.tape.command(id, 'idp-roles');
    await crash('executor-keycloak');
    expect(running(id)).toBe(true);
  });

  it('executor-tomcat dies when one of two regions has the new version', async () => {
    await until('a deployment in us-east', async () => (await deploys('us-east')).length > 0, SOON_MS);
    await crash('executor-tomcat');
    expect(running(id)).toBe(true);
  });

  it('executor-caddy dies when the control plane has the write', async () => {
    const { caddy } = story.world.lab;
    await until('the policy write', async () => (await configWrites(caddy)).length > 0, SOON_MS);
    await crash('executor-caddy');
    await story.tape.fact(id, 'step-applied', { step: 'gateway' });
    await story.tape.fact(id, 'gate-held', { step: 'flag' });
    await allBack();
    expect(running(id)).toBe(true);
  });

  it.each([
    ['sequencer', 'ledger'],
    ['readiness-prober', 'console'],
  ])('%s and %s die while the gate is held', async (...names) => {
    await Promise.all(names.map(crash));
    await allBack();
    const view = await story.shows(id, 'waiting', ({ status }) => status === 'waiting');
    expect(view.holds.map(({ member }) => member)).toContain('gw-eu-1');
  });

  it('executor-unleash dies after the first of the writes that make up its step, before it knows of it', async () => {
    const done = way.loseAnswerTo('POST');
    story.world.lab.caddy.gateways['gw-eu-1'].process.resume();
    await done;
    await crash('executor-unleash');
    expect(await flagWrites()).toEqual(['feature-strategy-add']);
    await allBack();
  });

  it('the sequence completes, and each history shows each change once', async () => {
    expect((await story.ended(id)).status).toBe('completed');
    const outcome = await readOutcome(story.world.lab);
    expect(outcome.flag).toEqual({ 'us-east': true, 'eu-west': true });
    expect(outcome.writes).toEqual({ idp: 1, shop: 2, edge: 1, flags: 2 });
    expect((await deploys('us-east')).length).toBe(1);
    expect((await deploys('eu-west')).length).toBe(1);
    expect(await flagWrites()).toEqual(['feature-strategy-add', 'feature-environment-enabled']);
    expect((await readGateway(story.world.lab.caddy.gateways['gw-eu-1'])).policy).toBe('auditor');
  });
});

describe('a second sequence, whose executors die with a call under way', () => {
  let id = '';

  it('executor-keycloak dies while the identity provider does not answer', async () => {
    const { lab } = story.world;
    await createRole(lab.keycloak, 'second-role');
    // From here on: the sequence may come to the flag while executor-keycloak is still joining its group.
    lab.unleash.process.pause();
    await diesWaitingFor('executor-keycloak', lab.keycloak.process, async () => {
      id = await story.apply(planOf('twin', roleStep('second-role'), policyStep('second'), flagStep(FLAG, false)));
    });
  });

  it('executor-unleash dies while the flag service does not answer', async () => {
    await diesWaitingFor('executor-unleash', story.world.lab.unleash.process, async () => {
      await story.tape.command(id, 'flag');
    });
  });

  it('completes, and each history shows each change once', async () => {
    await allBack();
    expect((await story.ended(id)).status).toBe('completed');
    const { keycloak } = story.world.lab;
    const added = (await roleMappingHistory(keycloak)).filter(({ operation }) => operation === 'added');
    expect(added.map(({ roles }) => roles).flat()).toEqual(['policy-reader', 'second-role']);
    expect((await readOutcome(story.world.lab)).writes).toMatchObject({ idp: 2, edge: 2 });
    expect((await flagWrites()).slice(2)).toEqual(['feature-environment-disabled', 'feature-strategy-remove']);
  });
});

pauses(() => story);

describe('in the end', () => {
  it('every message is accounted for and the export verifies offline', async () => {
    expect(await story.closingFaults()).toEqual([]);
  });
});

interface Pausable {
  /** Without effect on what stands still already. */
  pause(): void;
  resume(): void;
}

/** The system stands still; when the executor has taken the order it waits for an answer: then it is killed. */
async function diesWaitingFor(name: string, system: Pausable, begin: () => Promise<unknown>): Promise<void> {
  system.pause();
  try {
    await begin();
    await until(`a claim of ${name}`, async () => (await claimsOf(name)) > 0, SOON_MS);
    await story.world.services.get(name).kill();
  } finally {
    system.resume();
  }
  await story.world.services.get(name).start();
}

async function claimsOf(name: string): Promise<number> {
  const text = await (await fetch(`${story.world.services.get(name).url}/metrics`)).text();
  return Number(/^causeway_executor_claims_in_memory(?:\{[^}]*\})? (\d+)/m.exec(text)?.[1]);
}

const deploys = async (region: 'us-east' | 'eu-west') =>
  (await deployHistory(story.world.lab.tomcat.instances[region])).filter(
    ({ command, version }) => command === 'deploy' && version === '1.1.0',
  );

/** Types of the events that the executor left at the flag, in order. */
async function flagWrites(): Promise<string[]> {
  const { unleash } = story.world.lab;
  const { name, email } = unleash.executor;
  const events = await flagHistory(unleash);
  return events.filter(({ by }) => by === name || by === email).map(({ type }) => type);
}
