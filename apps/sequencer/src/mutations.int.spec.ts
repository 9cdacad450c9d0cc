import { topicNames, WATCH_END_TYPE, WATCH_TYPE, type MutationData, type WatchRequest } from '@causeway/contracts';
import type { Sealed } from '@causeway/messaging';
import { classify, replay, replayTarget, rulesOf } from '@causeway/sequence-core';
import { examplePlan, exampleTarget } from '@causeway/testkit';
import { SequencerHouse } from '../spec/sequencer-house';
import { answered, applied, coverageOf, decided, has, mutationOf, settled, shown, submit } from '../spec/told';

jest.setTimeout(120_000);

const look = { kind: 'http' as const, at: { global: { gw: { url: 'http://gateway/' } } } };
const TARGETS = [
  exampleTarget('idp', { global: ['realm'] }),
  exampleTarget('edge', { global: ['gw'] }, { probes: { look } }),
  exampleTarget('regions', { 'us-east': ['us'], 'eu-west': ['eu'] }),
  exampleTarget('quiet', { global: ['it'] }),
  exampleTarget('foreign', { global: ['it'] }, { executor: 'other' }),
];
const PLAN = (more: object = {}) =>
  examplePlan({ roles: { target: 'idp' }, gateway: { target: 'edge' } }, ['us-east'], more);

let house: SequencerHouse;
beforeAll(async () => {
  house = await SequencerHouse.open(TARGETS);
  await house.start();
});
afterAll(() => house?.close());

/** Sends what an observer saw and waits for its class. */
async function seen(more: Partial<MutationData>) {
  const sealed = mutationOf(house, more);
  await house.send(sealed);
  return classOf(sealed);
}
async function classOf(sealed: Sealed) {
  const found = () => house.classesOf(sealed.key).find(({ data }) => data.mutation === sealed.id);
  await house.until(`mutation ${sealed.id} has its class`, () => found() !== undefined);
  return found()!.data;
}
/** Ended by an operator, with what was under way answered for. */
async function aborted(id: string, underWay: string): Promise<void> {
  await decided(house, id, 'abort');
  await house.until('the abort is recorded', () => has(house.factsOf(id), 'sequence-aborted'));
  await applied(house, id, underWay);
  await house.until('it has ended', () => has(house.factsOf(id), 'sequence-ended'));
}
const byAttempt = (sequenceId: string, step: string): Partial<MutationData> => ({
  by: { kind: 'executor', attemptId: `${sequenceId}/${step}/1` },
});

describe('an outcome that nobody knows', () => {
  it('is settled by an operator’s word, and the sequence goes on', async () => {
    const id = await submit(house, PLAN());
    await answered(house, id, 'roles', { kind: 'unknown', reason: 'the connection was reset', evidence: {} });
    await house.until('it is unknown', () => has(house.factsOf(id), 'outcome-unknown', 'roles'));
    await settled(house, id, 'gateway', true);
    await house.until('what is known is refused', () => has(house.factsOf(id), 'input-refused'));
    await settled(house, id, 'roles', true);
    await shown(house, id, 'roles');
    await house.until('gateway is commanded', () => house.commandsOf(id, 'gateway').length === 1);
    expect(has(house.factsOf(id), 'step-settled', 'roles')).toBe(true);
    await aborted(id, 'gateway');
  });
});

describe('a mutation out of sequence', () => {
  it('is classed, holds the sequence, and lets it go on only when an operator accepts it', async () => {
    const id = await submit(house, PLAN());
    const found = await seen({ target: 'edge' });
    expect(found).toMatchObject({ class: 'early', match: { sequenceId: id, step: 'gateway' }, holds: [id] });
    await house.until('the gate is held', () => has(house.factsOf(id), 'gate-held', 'gateway'));
    await applied(house, id, 'roles');
    await shown(house, id, 'roles');
    await house.until('roles is ready', () => has(house.factsOf(id), 'step-ready', 'roles'));
    await decided(house, id, 'resume');
    await house.until('the decision is refused', () => has(house.factsOf(id), 'input-refused'));
    expect(has(house.factsOf(id), 'step-commanded', 'gateway')).toBe(false);
    await decided(house, id, 'resume', [found.mutation]);
    await house.until('gateway is commanded', () => house.commandsOf(id, 'gateway').length === 1);
    expect(await seen({ target: 'edge' })).toMatchObject({ class: 'repeated', previous: found.mutation });
    await aborted(id, 'gateway');
  });

  it('of what our own work did in another region, on the same resource, is early', async () => {
    const [us, eu] = ['us-east', 'eu-west'].map((scope) => ({ target: 'regions', scopes: [scope] }));
    const id = await submit(house, examplePlan({ us: us!, eu: eu! }, ['us-east', 'eu-west']));
    const at = (scope: string, member: string) => ({ target: 'regions', scopes: [{ scope, members: [member] }] });
    const ours = await seen({ ...at('us-east', 'us'), ...byAttempt(id, 'us') });
    expect(ours).toMatchObject({ class: 'expected', rules: 2 });
    const theirs = { previous: ours.mutation, match: { step: 'eu' }, holds: [id] };
    expect(await seen(at('eu-west', 'eu'))).toMatchObject({ class: 'early', ...theirs });
    // Another sequencer knows only what is stored.
    await house.end('SIGKILL');
    await house.start();
    expect(await seen(at('eu-west', 'eu'))).toMatchObject({ class: 'repeated', match: { step: 'eu' } });
    await aborted(id, 'us');
  });

  it('aborts on an operator’s word, and the watch ends with the sequence', async () => {
    const id = await submit(house, PLAN());
    await seen({ target: 'edge', with: { value: 'other' } });
    await aborted(id, 'roles');
    expect(house.factsOf(id).at(-1)).toMatchObject({ outcome: 'aborted' });
    const looks = () => [...house.said.values()].filter(({ key, topic }) => key === id && topic === topicNames.probes);
    await house.until('the watch ends', () => looks().some(({ message }) => message.type === WATCH_END_TYPE));
    const watch = looks().find(({ message }) => message.type === WATCH_TYPE)?.message as WatchRequest;
    expect(watch.data.steps.map(({ step }) => step)).toEqual(['gateway']);
    expect(house.factsOf(id)[0]).toMatchObject({ kind: 'sequence-accepted', watch: watch.id });
    expect(house.commandsOf(id, 'gateway')).toEqual([]);
  });

  it('of a target no plan is about stands on the target’s own stream, once however often it comes', async () => {
    const [first, second] = [mutationOf(house, { target: 'quiet' }), mutationOf(house, { target: 'quiet' })];
    await house.send(first, first, coverageOf(house, 'quiet'));
    await house.send(first, second);
    await classOf(second);
    expect(house.classesOf('quiet').map(({ data }) => [data.version, data.class, data.mutation])).toEqual([
      [1, 'undeclared', first.id],
      [2, 'undeclared', second.id],
    ]);
    expect(house.classesOf('quiet')[0]).toMatchObject({ source: '/sequencer', causationIds: [first.id] });
  });
});

describe('our own work', () => {
  it('is expected by its attempt and holds nothing', async () => {
    const id = await submit(house, PLAN());
    const ours = await seen({ target: 'idp', ...byAttempt(id, 'roles') });
    expect(ours).toMatchObject({ class: 'expected', by: 'executor', holds: [] });
    await applied(house, id, 'roles');
    await shown(house, id, 'roles');
    await house.until('gateway is commanded', () => house.commandsOf(id, 'gateway').length === 1);
    expect(has(house.factsOf(id), 'mutation-noticed')).toBe(false);
    await aborted(id, 'gateway');
  });
});

describe('what an observer may not say', () => {
  it('is parked with its reason, and the good ones after it pass', async () => {
    const unknown = mutationOf(house, { target: 'nobodys' });
    const strangers = [mutationOf(house, { target: 'foreign' }), coverageOf(house, 'foreign')];
    await house.send(unknown, ...strangers);
    await house.until('they are parked', () => house.deadLetters.length >= 3);
    const parked = house.deadLetters.map(({ data }) => [data.topic, data.reason, data.detail]);
    expect(parked.sort()).toEqual([
      [topicNames.observations, 'unknown-target', 'no target nobodys is registered'],
      ...Array<string[]>(2).fill([
        topicNames.observations,
        'writer-not-allowed',
        'executor-tester does not answer for target foreign, executor-other does',
      ]),
    ]);
    const owners = mutationOf(house, { target: 'foreign' }, 'executor-other');
    await house.send(owners);
    await classOf(owners);
    expect(house.classesOf('foreign')).toHaveLength(1);
    expect(house.classesOf('nobodys')).toEqual([]);
  });
});

describe('a sequencer that was killed', () => {
  it('knows from its tables what was classed, held and ended, and goes on', async () => {
    const held = await submit(house, PLAN({ start: 'on-resume' }));
    const resource = { target: 'idp', resource: 'after/restart' };
    const early = await seen(resource);
    expect(early).toMatchObject({ class: 'early', match: { sequenceId: held } });
    await house.end('SIGKILL');
    const missed = mutationOf(house, resource);
    await house.send(missed);
    await house.start();
    expect(await classOf(missed)).toMatchObject({
      ...{ class: 'repeated', previous: early.mutation, version: early.version + 1 },
      holds: [held],
    });
    await decided(house, held, 'resume', [early.mutation, missed.id]);
    await house.until('roles is commanded', () => house.commandsOf(held, 'roles').length === 1);
    await aborted(held, 'roles');
    await house.end('SIGTERM');
    await house.start();
    const late = await seen({ target: 'edge', resource: 'never/set' });
    expect(late).toMatchObject({ class: 'late', match: { sequenceId: held, step: 'gateway' }, holds: [] });
  });
});

describe('from the topics alone', () => {
  it('every class is computed again and is the same', async () => {
    let compared = 0;
    for (const { metadata } of TARGETS) {
      const stream = house.classesOf(metadata.name);
      const mutations = stream.map(({ data }) => house.sentMutation(data.mutation));
      stream.forEach(({ data }, i) => {
        const before = stream.slice(0, i).map((one, nr) => [one.data, mutations[nr]!] as const);
        const named = data.against.map(({ sequenceId, version }) => ({
          sequenceId,
          state: replay(house.factsOf(sequenceId).slice(0, version)),
        }));
        const { class: found, by, reason, match, previous, holds } = data;
        expect(classify(mutations[i]!, replayTarget(before), named, rulesOf(data))).toEqual({
          ...{ class: found, by, reason, match, previous, holds },
        });
        compared++;
      });
    }
    expect(compared).toBeGreaterThan(8);
  });
});
