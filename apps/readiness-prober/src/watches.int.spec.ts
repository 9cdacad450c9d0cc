import type { ProbeData, Sight, TargetDocument, WatchData } from '@causeway/contracts';
import { newEventId } from '@causeway/signing';
import { layGround, type Ground } from '../spec/ground';
import { localServer, type LocalServer } from '../spec/local-server';
import { ProberHouse } from '../spec/prober-house';

jest.setTimeout(60_000);

const SILENT = 'no answer within 1.5 s';

/** Two applications whose version the story changes. A stopped one takes the connection and never answers. */
const shows = { a: '1', b: '1' };
const stopped = new Set<string>();
let apps: LocalServer;
let house: ProberHouse;
let ground: Ground;

const shop = (base: string): TargetDocument => ({
  apiVersion: 'causeway/v1',
  kind: 'Target',
  metadata: { name: 'shop', owner: 'team-shop' },
  spec: {
    executor: 'caddy',
    propagation: 'staged',
    rung: 'effective',
    history: 'timestamped-log',
    scopes: { us: ['a'], eu: ['b'] },
    changes: { 'deploy@v1': { with: {}, capability: 'C' } },
    probes: {
      version: {
        kind: 'http',
        every: '200ms',
        timeout: '1500ms',
        at: { us: { a: { url: `${base}/a` } }, eu: { b: { url: `${base}/b` } } },
      },
    },
  },
});

beforeAll(async () => {
  apps = await localServer((request, response) => {
    const member = request.url?.slice(1) as keyof typeof shows;
    if (!stopped.has(member)) response.end(JSON.stringify({ version: shows[member], servedAt: Date.now() }));
  });
  ground = await layGround();
  house = await ProberHouse.open({ ...ground, targets: [shop(apps.base)] });
  await house.start();
});
afterAll(async () => {
  await house?.close();
  await apps?.close();
  await ground?.stop();
});
beforeEach(() => {
  Object.assign(shows, { a: '1', b: '1' });
  stopped.clear();
});

const watch = (): WatchData => ({
  sequenceId: newEventId(),
  epoch: 1,
  steps: [
    {
      step: 'app',
      target: 'shop',
      probe: 'version',
      scopes: [
        { scope: 'us', members: ['a'] },
        { scope: 'eu', members: ['b'] },
      ],
      expect: [{ observed: 'body.version', is: 'equals', wanted: '2' }],
    },
  ],
});
const probeOfA = (sequenceId: string): ProbeData => ({
  sequenceId,
  step: 'app',
  attempt: 1,
  epoch: 1,
  target: 'shop',
  rung: 'effective',
  probe: 'version',
  scopes: [{ scope: 'us', members: ['a'] }],
  expect: [{ observed: 'body.version', is: 'equals', wanted: '1' }],
  consecutive: 1,
  lookForMs: 10_000,
});
const shown = ({ outcome }: Sight): unknown =>
  outcome.kind === 'observed' ? outcome.values['body.version'] : outcome.reason;
const ms = (instant: string | null | undefined): number => Date.parse(instant ?? '');

/** Sends a request for a watch and waits for the first look of both members. */
async function watched() {
  const asked = house.watchRequest(watch());
  await house.send([asked]);
  await house.until('the first looks', () => ['a', 'b'].every((member) => house.sightsOf(asked, member).length > 0));
  return asked;
}

describe('the watch of a sequence, on a real broker and database', () => {
  it('says at once what each member shows, and each change within 1 s, with the moment before and after it', async () => {
    const asked = await watched();
    expect(house.sightsOf(asked, 'a')).toMatchObject([{ step: 'app', scope: 'us', member: 'a', notBefore: null }]);
    const delays: number[] = [];
    for (const version of ['2', '3', '4', '5', '6']) {
      const changedAt = Date.now();
      shows.a = version;
      await house.until('the change', () => house.sightsOf(asked, 'a').map(shown).at(-1) === version);
      delays.push(Date.now() - changedAt);
      const sight = house.sightsOf(asked, 'a').at(-1);
      expect(ms(sight?.notBefore)).toBeLessThanOrEqual(changedAt);
      expect(ms(sight?.seenAt)).toBeGreaterThanOrEqual(changedAt);
    }
    expect(delays.sort((a, b) => a - b)[2]).toBeLessThan(1_000);
    expect(house.sightsOf(asked, 'a').map(shown)).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(house.sightsOf(asked, 'b').map(shown)).toEqual(['1']);
  });

  it('is signed, in the story of its sequence, and names the request that it answers', async () => {
    const asked = await watched();
    expect(house.saidOf(asked)[0]).toMatchObject({
      source: '/readiness-prober',
      subject: asked.key,
      correlationId: `story of ${asked.key}`,
      causationIds: [asked.id],
      data: { sequenceId: asked.key, watchId: asked.id, epoch: 1, last: false },
    });
    expect(house.sightings.every(({ key, message: { subject } }) => key === subject)).toBe(true);
  });

  it('says that a member is out of reach, and what it shows when it is back, with bounds that reach over the silence', async () => {
    const asked = await watched();
    const stoppedAt = Date.now();
    stopped.add('b');
    await house.until('b out of reach', () => house.sightsOf(asked, 'b').length === 2);
    shows.b = '2';
    stopped.delete('b');
    await house.until('b back', () => house.sightsOf(asked, 'b').length === 3);
    const [, silent, back] = house.sightsOf(asked, 'b');
    expect([silent, back].map((sight) => sight && shown(sight))).toEqual([SILENT, '2']);
    for (const sight of [silent, back]) expect(ms(sight?.notBefore)).toBeLessThanOrEqual(stoppedAt);
    expect(house.sightsOf(asked, 'a')).toHaveLength(1);
  });

  it('goes on after kill -9, and says that nobody looked meanwhile', async () => {
    const asked = await watched();
    await house.end('SIGKILL');
    const before = house.saidOf(asked).at(-1)?.data.lookedUntil;
    const changedAt = Date.now();
    shows.a = '2';
    await house.start();
    await house.until('both again', () => ['a', 'b'].every((member) => house.sightsOf(asked, member).length === 3));
    for (const [member, version] of [
      ['a', '2'],
      ['b', '1'],
    ] as const) {
      const [, unknown, again] = house.sightsOf(asked, member);
      expect(unknown).toMatchObject({
        notBefore: before,
        outcome: { reason: expect.stringContaining('nobody looked') },
      });
      expect(again).toMatchObject({ notBefore: before, outcome: { values: { 'body.version': version } } });
      expect(ms(again?.seenAt)).toBeGreaterThanOrEqual(changedAt);
    }
  });

  it('is one watch however often it is asked for, says every 10 s that all is as it was, and one last thing at the end', async () => {
    const asked = await watched();
    await house.send([asked, asked]);
    await house.until('the heartbeat', () => house.saidOf(asked).at(-1)?.data.sights.length === 0, 15_000);
    const quiet = house.saidOf(asked);
    const [first, heartbeat] = [quiet.at(-2), quiet.at(-1)];
    expect(ms(heartbeat?.data.lookedUntil) - ms(first?.data.lookedUntil)).toBeGreaterThan(8_000);
    expect(house.sightsOf(asked, 'a')).toHaveLength(1);

    shows.b = '2';
    const end = house.watchEnd(asked);
    const endedAt = Date.now();
    await house.send([end, asked, end]);
    await house.until('the last message', () => house.saidOf(asked).at(-1)?.data.last === true);
    expect(house.sightsOf(asked, 'b').map(shown)).toEqual(['1', '2']);
    expect(ms(house.saidOf(asked).at(-1)?.data.lookedUntil)).toBeGreaterThanOrEqual(endedAt);
    const messages = house.saidOf(asked).length;

    // Another watch is asked for after it and answered: what would still be said of the first was said by then.
    await watched();
    shows.a = '2';
    await house.end('SIGTERM');
    await house.send([asked]);
    await house.start();
    const next = await watched();
    await house.send([house.watchEnd(next)]);
    await house.until('the end of the other', () => house.saidOf(next).at(-1)?.data.last === true);
    expect(house.saidOf(asked)).toHaveLength(messages);
  });

  it('is ended by the next process when the one that heard of the end died before its last look', async () => {
    const asked = await watched();
    stopped.add('b');
    await house.until('b out of reach', () => house.sightsOf(asked, 'b').length === 2);
    const end = house.watchEnd(asked);
    // What comes after the end in the same partition is answered: the end was taken.
    const [probe] = house.requests([probeOfA(asked.key)]);
    await house.send([end, probe as typeof end]);
    await house.until('what came after the end', () => house.answersTo(probe as typeof end).length > 0);
    await house.end('SIGKILL');
    stopped.clear();
    await house.start();
    await house.until('the last message', () => house.saidOf(asked).at(-1)?.data.last === true);
    expect(house.sightsOf(asked, 'b').map(shown)).toEqual([
      '1',
      SILENT,
      'nobody looked: the prober was started anew',
      '1',
    ]);
  });
});
