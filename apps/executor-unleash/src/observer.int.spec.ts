import { setTimeout as pause } from 'node:timers/promises';
import { Follower, observerCases, requestFor, type ObserverFixture } from '@causeway/executor-conformance';
import type { ChangeRequest, Observer, SeenMutation } from '@causeway/executor-sdk';
import { startUnleashForSpecs, type UnleashForSpecs } from '../spec/start-unleash';
import { UnleashDesk } from '../spec/unleash-desk';
import { unleashExecutor } from './executor';
import { unleashObserver } from './observer';

jest.setTimeout(180_000);
const SOON_MS = 30_000;

let unleash: UnleashForSpecs;
let desk: UnleashDesk;
let follower: Follower;

const settings = () => ({
  url: unleash.url,
  token: unleash.executorToken,
  project: 'default',
  environment: 'production',
  regionField: 'region',
});
const observer = (): Observer => unleashObserver({ ...settings(), member: 'client' }, Date.now);
const requestOf = (flag: string, enabled = true, regions = ['us-east', 'eu-west']): ChangeRequest =>
  requestFor({
    ...{ target: 'flags', change: 'toggle@v1', with: { flag, enabled } },
    scopes: regions.map((scope) => ({ scope, members: ['client'] })),
  });
const apply = (request: ChangeRequest): Promise<unknown> => unleashExecutor(settings()).apply(request);
const scopesOf = (...regions: string[]) => regions.map((scope) => ({ scope, members: ['client'] }));
const byRegions = (...values: string[]) => ({
  name: 'flexibleRollout',
  constraints: [{ contextName: 'region', operator: 'IN', values }],
  parameters: { rollout: '100', stickiness: 'default', groupId: 'by-hand' },
});
const team = (method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<unknown> =>
  desk.as(unleash.team.token, method, path, body);
const teamAddsStrategy = async (flag: string, strategy: object): Promise<string> =>
  ((await team('POST', `${desk.environment(flag)}/strategies`, strategy)) as { id: string }).id;

/** What comes next, in short. */
async function next(count: number): Promise<SeenMutation[]> {
  const before = follower.seen.length;
  await follower.until(before + count, SOON_MS);
  return follower.seen.slice(before);
}
async function nothingElse(): Promise<void> {
  expect(await follower.sweep()).toEqual([]);
  expect(follower.gaps).toEqual([]);
}
const EXECUTOR = { actor: { kind: 'service', name: 'causeway-executor@example.com' } };
const TEAM = { actor: { kind: 'user', name: 'release-team@example.com' }, by: { kind: 'other' } };

beforeAll(async () => {
  unleash = await startUnleashForSpecs();
  desk = new UnleashDesk(unleash);
});
afterAll(() => unleash?.stop());
beforeEach(async () => {
  follower = new Follower(observer());
  await follower.begin();
});

const fixture = (): ObserverFixture => ({
  createObserver: observer,
  ours: async () => {
    await apply(requestOf(await desk.newFlag()));
    return 2;
  },
  theirs: async () => {
    await team('POST', `${desk.environment(await desk.newFlag())}/on`);
    return 1;
  },
  secrets: [unleash.executorToken, unleash.team.token],
});
it.each(observerCases({} as never).map(({ name }) => name))('%s', (name) =>
  observerCases(fixture())
    .find((one) => one.name === name)
    ?.run(),
);

describe('ours', () => {
  it('switching on: our strategy with the attempt, and the switch, which has no place for it', async () => {
    const flag = await desk.newFlag();
    const request = requestOf(flag);
    await apply(request);
    const [strategy, toggle] = await next(2);
    expect(strategy).toMatchObject({
      ...EXECUTOR,
      resource: expect.stringMatching(`^flags/${flag}@production/strategies/[0-9a-f-]{36}$`),
      ...{ change: 'toggle@v1', with: { flag, enabled: true }, effect: 'set' },
      scopes: scopesOf('eu-west', 'us-east'),
      by: { kind: 'executor', attemptId: request.attemptId },
      ...{ before: { kind: 'known', value: null }, after: { kind: 'known', value: { disabled: false } } },
    });
    expect(toggle).toMatchObject({
      ...EXECUTOR,
      resource: `flags/${flag}@production`,
      ...{ change: 'toggle@v1', with: { flag, enabled: true }, scopes: null },
      by: { kind: 'executor', attemptId: null },
      ...{ before: { kind: 'known', value: { enabled: false } }, after: { kind: 'known', value: { enabled: true } } },
    });
    await nothingElse();
  });

  it('one region more, one less, the last one', async () => {
    const flag = await desk.newFlag();
    await apply(requestOf(flag, true, ['us-east']));
    await next(2);
    const more = requestOf(flag);
    await apply(more);
    const off = requestOf(flag, false, ['us-east']);
    await apply(off);
    await apply(requestOf(flag, false));
    expect(await next(4)).toMatchObject([
      { with: { enabled: true }, scopes: scopesOf('eu-west'), by: { attemptId: more.attemptId } },
      { with: { enabled: false }, scopes: scopesOf('us-east'), by: { attemptId: off.attemptId } },
      { with: { enabled: false }, scopes: null, resource: `flags/${flag}@production` },
      { with: { enabled: false }, scopes: scopesOf('eu-west'), by: { kind: 'executor', attemptId: null } },
    ]);
    await nothingElse();
  });

  it('switching on other regions where it was off is nothing switched off', async () => {
    const flag = await desk.newFlag();
    await desk.addStrategy(flag, byRegions('us-east'));
    await next(1);
    await apply(requestOf(flag, true, ['eu-west']));
    expect(await next(2)).toMatchObject([
      { with: { enabled: true }, scopes: scopesOf('eu-west') },
      { resource: `flags/${flag}@production` },
    ]);
    await nothingElse();
  });
});

describe('of others', () => {
  it('switched by hand: one mutation each, though the first adds a strategy for everybody too', async () => {
    const flag = await desk.newFlag();
    for (const to of ['on', 'off', 'on', 'on']) await team('POST', `${desk.environment(flag)}/${to}`);
    const channel = { client: null, token: null, address: null };
    const switched = (enabled: boolean) => ({
      ...TEAM,
      channel,
      ...{ resource: `flags/${flag}@production`, change: 'toggle@v1', with: { flag, enabled }, scopes: null },
    });
    expect(await next(3)).toMatchObject([switched(true), switched(false), switched(true)]);
    expect(follower.seen[0]?.source.detail).toHaveProperty('addedStrategy');
    await nothingElse();
  });

  it('with the built-in administrator: nobody knows who, but by which token', async () => {
    const flag = await desk.newFlag();
    await desk.switchTo(flag, 'on');
    expect(await next(1)).toMatchObject([
      { actor: { kind: 'service', name: 'admin' }, channel: { token: 'admin' }, by: { kind: 'other' } },
    ]);
  });

  it('regions added, exchanged and removed by hand', async () => {
    const flag = await desk.newFlag();
    const id = await teamAddsStrategy(flag, byRegions('us-east'));
    await team('PUT', `${desk.environment(flag)}/strategies/${id}`, byRegions('eu-west'));
    await team('DELETE', `${desk.environment(flag)}/strategies/${id}`);
    const turn = (enabled: boolean, region: string) => ({
      ...TEAM,
      resource: `flags/${flag}@production/strategies/${id}`,
      ...{ with: { flag, enabled }, scopes: scopesOf(region) },
    });
    expect(await next(4)).toMatchObject([
      turn(true, 'us-east'),
      turn(true, 'eu-west'),
      turn(false, 'us-east'),
      turn(false, 'eu-west'),
    ]);
    await nothingElse();
  });

  it('of our strategy: theirs, whatever its title says', async () => {
    const flag = await desk.newFlag();
    await apply(requestOf(flag));
    const [ours] = await next(2);
    const id = ours?.resource.split('/').at(-1);
    const constraints = byRegions('us-east').constraints;
    await team('PATCH', `${desk.environment(flag)}/strategies/${id}`, [
      { op: 'replace', path: '/constraints', value: constraints },
    ]);
    expect(await next(1)).toMatchObject([
      { ...TEAM, resource: ours?.resource, with: { enabled: false }, scopes: scopesOf('eu-west') },
    ]);
    await nothingElse();
  });

  it('strategies that are not by whole regions, and flags archived: no change that a plan declares', async () => {
    const flag = await desk.newFlag();
    const half = { ...byRegions('us-east'), parameters: { rollout: '50', stickiness: 'default', groupId: flag } };
    const id = await teamAddsStrategy(flag, half);
    await team('DELETE', `${desk.environment(flag)}/strategies/${id}`);
    await team('DELETE', `/api/admin/projects/default/features/${flag}`);
    expect(await next(3)).toMatchObject([
      { ...TEAM, change: null, resource: `flags/${flag}@production/strategies/${id}` },
      { ...TEAM, change: null },
      { ...TEAM, change: null, resource: `flags/${flag}` },
    ]);
    await nothingElse();
  });

  it('other environments, new flags and their descriptions are none of it', async () => {
    const flag = await desk.newFlag();
    await team('POST', `/api/admin/projects/default/features/${flag}/environments/development/on`);
    await team('PATCH', `/api/admin/projects/default/features/${flag}`, [
      { op: 'replace', path: '/description', value: 'about it' },
    ]);
    await nothingElse();
  });
});

describe('nothing twice, nothing missed', () => {
  it('while ours and those of others come within 50 ms of each other, 50 times of 50', async () => {
    const [ours, theirs] = [await desk.newFlag(), await desk.newFlag()];
    await apply(requestOf(ours, true, ['us-east']));
    await team('POST', `${desk.environment(theirs)}/on`);
    await next(3);
    const attempts: string[] = [];
    const following = follower.until(3 + 100, 90_000);
    for (let round = 0; round < 50; round++) {
      const request = requestOf(ours, round % 2 === 0, ['eu-west']);
      attempts.push(request.attemptId);
      const apart = (round * 7) % 51;
      const [oursAfter, theirsAfter] = round % 4 < 2 ? [0, apart] : [apart, 0];
      await Promise.all([
        pause(oursAfter).then(() => apply(request)),
        pause(theirsAfter).then(() => team('POST', `${desk.environment(theirs)}/${round % 2 === 0 ? 'off' : 'on'}`)),
      ]);
    }
    await following;
    await nothingElse();
    const seen = follower.seen.slice(3);
    expect(seen.flatMap(({ by }) => (by.kind === 'executor' ? [by.attemptId] : []))).toEqual(attempts);
    const others = seen.filter(({ by }) => by.kind === 'other');
    expect(others.map(({ with: { enabled } }) => enabled)).toEqual(attempts.map((_, round) => round % 2 === 1));
    others.forEach((one) => expect(one).toMatchObject({ ...TEAM, with: { flag: theirs } }));
  });

  it('of the same flag, ours and theirs at the same time: two switches, each with its owner', async () => {
    for (let round = 0; round < 10; round++) {
      const flag = await desk.newFlag();
      await Promise.all([apply(requestOf(flag, true, ['eu-west'])), teamAddsStrategy(flag, byRegions('us-east'))]);
      const seen = (await next(3)).filter(({ resource }) => resource.startsWith(`flags/${flag}@`));
      expect(
        seen.map(({ by, scopes }) => `${by.kind} ${scopes?.map(({ scope }) => scope).join() ?? 'all'}`).sort(),
      ).toEqual(['executor all', 'executor eu-west', 'other us-east']);
    }
    await nothingElse();
  });

  it('over a restart of the observer and a crash of Unleash', async () => {
    const flags = [await desk.newFlag(), await desk.newFlag(), await desk.newFlag()] as const;
    await team('POST', `${desk.environment(flags[0])}/on`);
    await next(1);
    await team('POST', `${desk.environment(flags[1])}/on`);
    follower.handOver(observer());
    await next(1);
    await team('POST', `${desk.environment(flags[2])}/on`);
    await unleash.crash();
    follower.handOver(observer());
    await next(1);
    expect(follower.seen.map(({ with: { flag } }) => flag)).toEqual(flags);
    await nothingElse();
  });
});

it('a token that is nobody says what to do', async () => {
  const nobody = unleashObserver({ ...settings(), token: unleash.adminToken, member: 'client' }, Date.now);
  await expect(new Follower(nobody).begin()).rejects.toThrow(
    /UNLEASH_TOKEN belongs to no user.*give the executor's own user a personal access token/,
  );
});
