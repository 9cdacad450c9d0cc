import type { MutationItem, OutsideAnswer } from '@causeway/console-api';
import type { MutationClass } from '@causeway/contracts';
import { truncate } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { clearStrategies, widenStrategy } from '@causeway/lab';
import { handsAt, type Hand } from './hands';
import { deployStep, FLAG, flagStep, planOf, policyStep, roleStep } from './plans';
import { createFlag } from './set-up';
import { Story } from './story';
import { until } from './until';

/**
 * People go around Causeway at each of the four systems. What they did is classed within 5 s, with who they are; and nothing of it
 * is lost or told twice when observers are killed, systems are started again, and the broker is away.
 *
 * The broker is one of its own: it is killed.
 */
jest.setTimeout(120_000);

const CLASSED_WITHIN_MS = 5_000;
const SOON_MS = 60_000;
const BROKER_AWAY_MS = 20_000;
const TARGETS = ['idp', 'shop', 'edge', 'flags'] as const;
type Target = (typeof TARGETS)[number];
const EXECUTORS = { idp: 'keycloak', shop: 'tomcat', edge: 'caddy', flags: 'unleash' } as const;

let story: Story;
let hands: readonly Hand[];
let sequence = '';

beforeAll(async () => {
  story = await Story.begin({ euWestDelaySeconds: 2, hasOwnBroker: true });
  hands = handsAt(story.world.lab);
});
afterAll(async () => {
  await story?.end();
});

const handAt = (target: Target): Hand => hands.find((hand) => hand.target === target) as Hand;

/** What the team itself did, oldest first. */
async function byHand(target: Target): Promise<MutationItem[]> {
  const { actor, channel } = handAt(target).seenAs;
  const ofThem = expect.objectContaining({ actor, channel: expect.objectContaining(channel) });
  return (await story.mutations(target)).filter((one) => ofThem.asymmetricMatch(one));
}

/** Does it, and waits until what is seen of it has its class. */
async function classOf(target: Target, deed: (hand: Hand) => Promise<void>): Promise<MutationItem[]> {
  const before = (await byHand(target)).length;
  await deed(handAt(target));
  const doneAt = Date.now();
  const seen = await until(
    `a class of what was done at ${target}`,
    async () => {
      const fresh = (await byHand(target)).slice(before);
      return fresh.length > 0 && fresh.every((one) => one.class !== null) ? fresh : null;
    },
    SOON_MS,
  );
  expect(Date.now() - doneAt).toBeLessThan(CLASSED_WITHIN_MS);
  return seen;
}

async function expectClass(target: Target, deed: (hand: Hand) => Promise<void>, wanted: MutationClass): Promise<void> {
  const seen = await classOf(target, deed);
  for (const one of seen) expect(one).toMatchObject({ class: wanted, by: { kind: 'other' }, explained: false });
}

describe('a change that no plan declares', () => {
  it.each(['shop', 'edge'] as const)('at %s, before there is a plan, is undeclared', async (target) => {
    await expectClass(target, (hand) => hand.unrelated(), 'undeclared');
    await classOf(target, (hand) => hand.otherwise());
  });

  it.each(['idp', 'flags'] as const)(
    'at %s, while a plan is about something else there, is undeclared',
    async (target) => {
      sequence ||= await beginPlan();
      await expectClass(target, (hand) => hand.unrelated(), 'undeclared');
    },
  );
});

describe.each(TARGETS)('what a waiting plan is to do at %s, done by hand', (target) => {
  it('is early', () => expectClass(target, (hand) => hand.asPlanned(), 'early'));
  // Unleash keeps no event of a switch to where it is already.
  if (target !== 'flags')
    it('is repeated when it is done again', () => expectClass(target, (hand) => hand.again(), 'repeated'));
  it('is of different content when it is something else', () =>
    expectClass(target, (hand) => hand.otherwise(), 'different-content'));
});

describe('our own work', () => {
  beforeAll(async () => {
    // Our executor touches no strategy that is not by region, and gives the flag none beside one.
    await clearStrategies(story.world.lab.unleash);
    await story.decide(sequence, 'resume');
    expect(await story.ended(sequence)).toMatchObject({ status: 'completed' });
  });

  it.each(TARGETS)('at %s is expected', async (target) => {
    const ours = await until(
      `our own work at ${target}`,
      async () => {
        const found = (await story.mutations(target)).filter(({ by }) => by.kind === 'executor');
        return found.length > 0 && found.every((one) => one.class !== null) ? found : null;
      },
      SOON_MS,
    );
    for (const one of ours)
      expect(one).toMatchObject({ class: 'expected', explained: true, match: { sequenceId: sequence } });
  });
});

describe('what a plan has done at flags, done again by hand', () => {
  it('is repeated', () => expectClass('flags', (hand) => hand.again(), 'repeated'));
});

describe('what our own work did in one region, done by hand in another by the same strategy', () => {
  const REGIONAL = 'by-region';
  const planFor = (scope: string, more: object = {}) => {
    const { spec, ...plan } = planOf(`flag-in-${scope}`, flagStep(REGIONAL, true));
    return { ...plan, spec: { ...spec, scopes: [scope], ...more } };
  };

  it('is early, while a step is still to do it there', async () => {
    const unleash = { ...story.world.lab.unleash, flag: REGIONAL };
    await createFlag(unleash, REGIONAL);
    const first = await story.apply(planFor('us-east'));
    expect(await story.ended(first)).toMatchObject({ status: 'completed' });
    const second = await story.apply(planFor('eu-west', { start: 'on-resume', onOutOfSequence: 'record' }));
    await story.tape.fact(second, 'sequence-accepted');
    const [seen, ...others] = await classOf('flags', () => widenStrategy(unleash, 'eu-west'));
    expect(others).toEqual([]);
    expect(seen).toMatchObject({ class: 'early', by: { kind: 'other' }, match: { sequenceId: second } });
    expect((await story.mutations('flags')).filter(({ resource }) => resource === seen?.resource)).toHaveLength(2);
    await story.decide(second, 'abort');
  });
});

describe('what is done by hand', () => {
  let began = new Date();
  beforeAll(() => {
    began = new Date();
  });

  it('while all observers are dead (kill -9) is told once they are back', async () => {
    const names = TARGETS.map((target) => `executor-${EXECUTORS[target]}`);
    await Promise.all(names.map((name) => story.world.services.get(name).kill()));
    await everywhere('otherwise');
    await truncate(story.world.lab.tomcat.instances['eu-west'].accessLog, 0);
    await Promise.all(names.map((name) => story.world.services.get(name).start()));
    await everywhere('asPlanned');
    await allIsTold();
  });

  it('before and after each system was started again is told', async () => {
    const { keycloak, tomcat, caddy, unleash } = story.world.lab;
    await everywhere('otherwise');
    const processes = [
      keycloak.process,
      tomcat.instances['us-east'].process,
      tomcat.instances['eu-west'].process,
      caddy.controlPlane.process,
      unleash.process,
    ];
    await Promise.all(processes.map((system) => system.restart()));
    await everywhere('asPlanned');
    await allIsTold();
  });

  it('while the broker is away for 20 s is told once it is back', async () => {
    const { kafka } = story.world;
    await kafka.kill();
    const awayUntil = pause(BROKER_AWAY_MS);
    await everywhere('otherwise');
    await awayUntil;
    await kafka.restart();
    await everywhere('asPlanned');
    await allIsTold();
  });

  it.each(['idp', 'edge', 'flags'] as const)('at %s leaves no time uncovered', async (target) => {
    expect((await outside(target)).uncovered).toEqual([]);
  });

  it('at shop leaves uncovered only what the access log no longer tells of, and says so', async () => {
    const { answer, uncovered } = await outside('shop');
    expect([answer, uncovered.map(({ reason }) => reason)]).toEqual(['yes', [expect.stringContaining('emptied')]]);
  });

  /** What the console says of the time since these stories began, up to a moment that observers vouch for by now. */
  async function outside(target: Target): Promise<OutsideAnswer> {
    const to = new Date();
    const path = `/v1/mutations/outside?target=${target}&from=${began.toISOString()}&to=${to.toISOString()}`;
    return until(
      `an answer about ${target} until ${to.toISOString()}`,
      async () => {
        const answer = (await (await story.ask(path)).json()) as OutsideAnswer;
        return answer.uncovered.some((one) => one.reason === null) ? null : answer;
      },
      SOON_MS,
    );
  }
});

describe('in the end', () => {
  it('every change by hand was told once, in its order', async () => {
    await allIsTold();
  });

  it.each(TARGETS)('at %s nobody else is seen: our own work is never taken for foreign', async (target) => {
    const hands = (await byHand(target)).map(({ id }) => id);
    const others = (await story.mutations(target)).filter(({ id, by }) => by.kind === 'other' && !hands.includes(id));
    expect(others).toEqual([]);
  });

  it('every message is accounted for and the export verifies offline', async () => {
    expect(await story.closingFaults()).toEqual([]);
  });
});

type Deed = 'asPlanned' | 'otherwise';
/** What was done by hand since the observers are killed, and how much was told before. */
const done: Deed[] = [];
const toldBefore = new Map<Target, number>();

async function everywhere(deed: Deed): Promise<void> {
  for (const target of TARGETS) if (done.length === 0) toldBefore.set(target, (await byHand(target)).length);
  await Promise.all(TARGETS.map((target) => handAt(target)[deed]()));
  done.push(deed);
}

/** Each system's changes by hand, as they are told: all of them, none twice, in their order. */
async function allIsTold(): Promise<void> {
  for (const target of TARGETS) {
    const told = async (): Promise<Deed[]> => {
      const seen = (await byHand(target)).slice(toldBefore.get(target));
      return seen.map((one) => (handAt(target).isAsPlanned(one) ? 'asPlanned' : 'otherwise'));
    };
    await until(`all that was done at ${target}`, async () => (await told()).length >= done.length, SOON_MS);
    expect([target, await told()]).toEqual([target, done]);
  }
}

/** A plan about all four systems that waits for its operator, and only records what others do. */
async function beginPlan(): Promise<string> {
  const steps = [roleStep(), deployStep(), policyStep('auditor'), flagStep(FLAG, true)];
  const { spec, ...plan } = planOf('by-hand', ...steps);
  const id = await story.apply({ ...plan, spec: { ...spec, start: 'on-resume', onOutOfSequence: 'record' } });
  await story.tape.fact(id, 'sequence-accepted');
  return id;
}
