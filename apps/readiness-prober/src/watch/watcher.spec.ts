import { setTimeout as sleep } from 'node:timers/promises';
import { target as targetSchema, type Target, type WatchData } from '@causeway/contracts';
import { systemClock } from '@causeway/host';
import { localServer, type LocalServer } from '../../spec/local-server';
import { soon } from '../../spec/until';
import { createLooks } from '../look/looks';
import { createWeb } from '../look/web';
import type { OpenWatch, Sighted } from './open-watch';
import { Watcher } from './watcher';

const web = createWeb();
const closers: (() => Promise<void>)[] = [];
const watchers: Watcher[] = [];
afterEach(() => watchers.splice(0).forEach((watcher) => watcher.stop()));
afterAll(async () => {
  await web.close();
  await Promise.all(closers.map((close) => close()));
});

/** An application whose version the story changes, and the identity provider it needs a token from. */
async function places() {
  const state = { version: '1' };
  const app = await localServer((_, response) => response.end(JSON.stringify({ version: state.version })));
  // A token is the time of its login.
  const idp = await localServer((_, response) => response.end(JSON.stringify({ access_token: String(Date.now()) })));
  closers.push(app.close, idp.close);
  return Object.assign(state, { app, idp });
}

const shop = (app: LocalServer, bearer?: string): Target =>
  targetSchema.parse({
    apiVersion: 'causeway/v1',
    kind: 'Target',
    metadata: { name: 'shop', owner: 'team-shop' },
    spec: {
      executor: 'tomcat',
      propagation: 'staged',
      rung: 'effective',
      history: 'timestamped-log',
      scopes: { us: ['app'] },
      changes: {},
      probes: {
        version: { kind: 'http', every: '200ms', timeout: '1s', at: { us: { app: { url: app.base, bearer } } } },
        instant: { kind: 'instant' },
      },
    },
  });

const step = (name: string, more: Partial<WatchData['steps'][number]> = {}): WatchData['steps'][number] => ({
  step: name,
  target: 'shop',
  probe: 'version',
  scopes: [{ scope: 'us', members: ['app'] }],
  expect: [{ observed: 'body.version', is: 'equals', wanted: '2' }],
  ...more,
});

const openWatch = (watchId: string, steps = [step('app')], more: Partial<OpenWatch> = {}): OpenWatch => ({
  watchId,
  correlationId: 'story',
  request: { sequenceId: '00000000-0000-8000-8000-000000000001', epoch: 1, steps },
  ending: false,
  lookedUntil: null,
  remainingMs: 60_000,
  ...more,
});

/** Runs the real watcher over real HTTP; only writing down is left out. */
function watching(target: Target, idp?: LocalServer, allowInstant = false) {
  const said: Sighted[] = [];
  const user = { kind: 'oidc' as const, url: idp?.base ?? '', clientId: 'shop', username: 'u', password: 'p' };
  const watcher = new Watcher({
    clock: systemClock,
    sources: {
      registry: new Map([['shop', target]]),
      makeLook: createLooks(web, new Map([['user', user]])),
      allowInstant,
    },
    report: (sighted) => Promise.resolve(said.push(sighted) > 0),
  });
  watchers.push(watcher);
  const shown = (watchId: string) =>
    said.flatMap(({ watch, sights }) => (watch.watchId === watchId ? sights : [])).map(({ outcome }) => outcome);
  return { watcher, said, shown };
}

const observed = (version: string) => ({ kind: 'observed', values: { 'body.version': version } });

describe('watching', () => {
  it('looks once per place and pace, for however many watches and steps, and tells each what it asked about', async () => {
    const { app } = await places();
    const { watcher, said, shown } = watching(shop(app));
    const status = step('status', { expect: [{ observed: 'status', is: 'equals', wanted: 200 }] });
    const ids = Array.from({ length: 20 }, (_, i) => `watch-${i}`);
    const startedAt = performance.now();
    watcher.follow(ids.map((id) => openWatch(id, [step('app'), status])));
    await soon(() => said.length === ids.length);
    for (const id of ids) expect(shown(id)).toEqual([observed('1'), { kind: 'observed', values: { status: 200 } }]);
    await soon(() => app.asked.length >= 4);
    expect(performance.now() - startedAt).toBeGreaterThan(550);
  });

  it('ends each watch for itself, and stops looking with the last one', async () => {
    const state = await places();
    const { watcher, said } = watching(shop(state.app));
    watcher.follow([openWatch('one'), openWatch('two')]);
    await soon(() => said.length === 2);
    watcher.follow([openWatch('one', undefined, { ending: true })]);
    await soon(() => said.some(({ watch, last }) => watch.watchId === 'one' && last));
    expect(watcher.open()).toBe(1);
    state.version = '2';
    await soon(() => said.length === 4);
    expect(said.at(-1)).toMatchObject({ watch: { watchId: 'two' }, sights: [{ outcome: observed('2') }], last: false });
    watcher.follow([openWatch('two', undefined, { ending: true })]);
    await soon(() => watcher.open() === 0);
    const looks = state.app.asked.length;
    await sleep(500);
    expect(state.app.asked).toHaveLength(looks);
  });

  it('begins once, however often the same watch comes', async () => {
    const { app } = await places();
    const { watcher, said } = watching(shop(app));
    watcher.follow([openWatch('one'), openWatch('one')]);
    await soon(() => said.length > 0);
    watcher.follow([openWatch('one')]);
    await soon(() => app.asked.length >= 3);
    expect([watcher.open(), said.length]).toEqual([1, 1]);
  });

  it('says that a look with a lent token shows the member as of when that token was asked for', async () => {
    const state = await places();
    const { watcher, said } = watching(shop(state.app, 'user'), state.idp);
    watcher.follow([openWatch('one')]);
    // The second look comes with the token of the first: tokens are lent for 500 ms, and looks are 200 ms apart.
    await soon(() => state.app.asked.length === 2);
    state.version = '2';
    const loginAt = Number(state.app.asked[1]?.headers.authorization?.slice('Bearer '.length));
    await soon(() => said.length === 2);
    expect(Date.parse(said[1]?.sights[0]?.notBefore ?? '')).toBeLessThanOrEqual(loginAt);
  });

  it.each([
    ['a target that nobody declared', { target: 'shp' }, 'knows no target "shp"'],
    ['an instant probe', { probe: 'instant' }, 'for benchmarks only'],
    ['a member without a place', { scopes: [{ scope: 'us', members: ['b'] }] }, 'declares no place to look at b'],
  ])('says why it cannot look at %s', async (_, more, reason) => {
    const { app } = await places();
    const { watcher, shown } = watching(shop(app));
    watcher.follow([openWatch('one', [step('app', more)])]);
    await soon(() => shown('one').length > 0);
    expect(shown('one')).toEqual([{ kind: 'unreachable', reason: expect.stringContaining(reason) }]);
  });

  it('has nothing to watch about an instant probe even where those are allowed', async () => {
    const { app } = await places();
    const { watcher, shown } = watching(shop(app), undefined, true);
    watcher.follow([openWatch('one', [step('app', { probe: 'instant' })])]);
    await soon(() => shown('one').length > 0);
    expect(shown('one')).toEqual([{ kind: 'unreachable', reason: expect.stringContaining('nothing to watch') }]);
  });
});
