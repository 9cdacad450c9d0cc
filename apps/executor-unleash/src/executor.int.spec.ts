import { conformanceCases, requestFor, type Sample } from '@causeway/executor-conformance';
import { NotApplied, type Executor } from '@causeway/executor-sdk';
import { CutLine } from '@causeway/testkit';
import { startUnleashForSpecs, type UnleashForSpecs } from '../spec/start-unleash';
import { UnleashDesk } from '../spec/unleash-desk';
import { unleashExecutor } from './executor';

jest.setTimeout(120_000);

let unleash: UnleashForSpecs;
let desk: UnleashDesk;
let executor: Executor;

const executorWith = (more: { token?: string; url?: string }): Executor =>
  unleashExecutor({
    url: unleash.url,
    token: unleash.executorToken,
    project: 'default',
    environment: 'production',
    regionField: 'region',
    ...more,
  });

const regions = (...scopes: string[]) => scopes.map((scope) => ({ scope, members: ['client'] }));
const sampleOf = (flag: string, enabled = true, scopes = regions('us-east', 'eu-west')): Sample => ({
  target: 'flags',
  change: 'toggle@v1',
  with: { flag, enabled },
  scopes,
});
const newSample = async (): Promise<Sample> => sampleOf(await desk.newFlag());
const typesOf = async (flag: string): Promise<string[]> => (await desk.events(flag)).map(({ type }) => type);
const refusal = (work: Promise<unknown>): Promise<NotApplied> =>
  work.then(
    () => Promise.reject(new Error('was not refused')),
    (error: unknown) => (error instanceof NotApplied ? error : Promise.reject(error as Error)),
  );

beforeAll(async () => {
  unleash = await startUnleashForSpecs();
  desk = new UnleashDesk(unleash);
  executor = executorWith({});
});
afterAll(() => unleash?.stop());

/** A new flag takes two writes: the strategy and the switch. */
async function cutOffAfterWrite(how: 'refused' | 'unreachable'): Promise<Executor> {
  const isWrite = (method: string): boolean => method !== 'GET';
  const { url } = await CutLine.open({ to: unleash.url, isWrite, writes: 2, how });
  return executorWith({ url });
}

describe('keeps the contract', () => {
  const names = conformanceCases({} as never).map(({ name }) => name);
  it.each(names)('%s', async (name) => {
    const cases = conformanceCases({
      executor,
      sample: newSample,
      writes: async (sample) => (await desk.events(sample.with['flag'] as string)).length,
      badParameters: [{ flag: 'x' }, { flag: 'x', enabled: 'yes' }, { flag: '', enabled: true }],
      cutOffAfterWrite,
      secrets: [unleash.executorToken],
    });
    await cases.find((one) => one.name === name)?.run();
  });
});

describe('writes as little as possible', () => {
  it('on in both regions: one strategy, one switch; its events name the executor, and the evidence the last of them', async () => {
    const sample = await newSample();
    const flag = sample.with['flag'] as string;
    const { evidence } = await executor.apply(requestFor(sample));
    const events = await desk.events(flag);
    expect(events.map(({ type }) => type)).toEqual(['feature-strategy-add', 'feature-environment-enabled']);
    expect(evidence).toMatchObject({
      flag,
      enabled: true,
      regions: { 'us-east': 'on', 'eu-west': 'on' },
      before: { enabled: false },
      event: { id: events[1]?.id, type: 'feature-environment-enabled' },
    });
    expect(events.map(({ createdBy }) => createdBy)).toEqual([unleash.executorName, unleash.executorName]);
  });

  it('one region more: one change of the strategy', async () => {
    const flag = await desk.newFlag();
    await executor.apply(requestFor(sampleOf(flag, true, regions('us-east'))));
    expect((await executor.lookUp(requestFor(sampleOf(flag)))).state).toBe('partial');
    await executor.apply(requestFor(sampleOf(flag)));
    expect((await typesOf(flag)).slice(2)).toEqual(['feature-strategy-update']);
    expect((await executor.lookUp(requestFor(sampleOf(flag)))).state).toBe('in-effect');
  });

  it('off in one region leaves the other; off in the last switches off before the strategy goes', async () => {
    const flag = await desk.newFlag();
    await executor.apply(requestFor(sampleOf(flag)));
    await executor.apply(requestFor(sampleOf(flag, false, regions('us-east'))));
    expect((await executor.lookUp(requestFor(sampleOf(flag, true, regions('eu-west'))))).state).toBe('in-effect');
    await executor.apply(requestFor(sampleOf(flag, false, regions('eu-west'))));
    expect((await typesOf(flag)).slice(2)).toEqual([
      'feature-strategy-update',
      'feature-environment-disabled',
      'feature-strategy-remove',
    ]);
    expect((await executor.lookUp(requestFor(sampleOf(flag, false)))).state).toBe('in-effect');
  });

  it('a crash between strategy and switch: the same attempt finishes with the switch alone', async () => {
    const flag = await desk.newFlag();
    const constraints = [{ contextName: 'region', operator: 'IN', values: ['us-east', 'eu-west'] }];
    const parameters = { rollout: '100', stickiness: 'default', groupId: flag };
    await desk.addStrategy(flag, { name: 'flexibleRollout', constraints, parameters });
    await executor.apply(requestFor(sampleOf(flag)));
    expect(await typesOf(flag)).toEqual(['feature-strategy-add', 'feature-environment-enabled']);
  });
});

describe('tells whose it is', () => {
  it("by the title of its strategy; a flag that others switched is nobody's", async () => {
    const sample = await newSample();
    const request = requestFor(sample);
    await executor.apply(request);
    expect((await executor.lookUp(request)).byThisAttempt).toBe(true);
    expect((await executor.lookUp(requestFor(sample))).byThisAttempt).toBe(null);
  });
});

describe('refuses, certainly and with a remedy', () => {
  it('an unknown flag', async () => {
    const error = await refusal(executor.apply(requestFor(sampleOf('no-such-flag'))));
    expect(error).toMatchObject({ code: 'unknown-flag', retriable: false });
    expect(error.message).toContain('create the flag in Unleash first');
  });

  it('wrong credentials, without telling them', async () => {
    const token = 'user:canary-0f4d';
    const error = await refusal(executorWith({ token }).apply(requestFor(await newSample())));
    expect(error).toMatchObject({ code: 'credentials-refused', retriable: false });
    expect(JSON.stringify({ ...error, message: error.message })).not.toContain('canary');
  });

  it('a system that is down: nothing left, later may be better', async () => {
    const error = await refusal(executorWith({ url: 'http://127.0.0.1:1' }).apply(requestFor(sampleOf('any'))));
    expect(error).toMatchObject({ code: 'target-unreachable', retriable: true });
  });

  it('switching on where another strategy would let everybody in', async () => {
    const flag = await desk.newFlag();
    await desk.addStrategy(flag, {
      name: 'flexibleRollout',
      constraints: [],
      parameters: { rollout: '100', stickiness: 'default', groupId: flag },
    });
    expect(await refusal(executor.apply(requestFor(sampleOf(flag, true, regions('us-east')))))).toMatchObject({
      code: 'other-strategies',
    });
    expect(await typesOf(flag)).toEqual(['feature-strategy-add']);
  });

  it('switching one region off where the flag is on for everybody', async () => {
    const flag = await desk.newFlag();
    await desk.switchTo(flag, 'on');
    const before = await typesOf(flag);
    expect(await refusal(executor.apply(requestFor(sampleOf(flag, false, regions('us-east')))))).toMatchObject({
      code: 'other-strategies',
    });
    expect(await typesOf(flag)).toEqual(before);
  });
});
