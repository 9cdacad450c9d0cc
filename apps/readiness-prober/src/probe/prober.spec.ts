import { setTimeout as sleep } from 'node:timers/promises';
import { target as targetSchema, type ProbeData, type Target } from '@causeway/contracts';
import { systemClock } from '@causeway/host';
import { localServer, type LocalServer } from '../../spec/local-server';
import { soon } from '../../spec/until';
import { createLooks } from '../look/looks';
import { createWeb } from '../look/web';
import type { OpenProbe, Round } from './open-probe';
import { Prober } from './prober';

const web = createWeb();
const open: LocalServer[] = [];
afterAll(async () => {
  await web.close();
  await Promise.all(open.map((server) => server.close()));
});

/** A gateway member whose policy can be changed, and that can be stopped: it accepts and never answers. */
async function gateway() {
  const member = { policy: 'old', stopped: false };
  const server = await localServer((_, response) => {
    if (!member.stopped) response.setHeader('x-policy', member.policy).end();
  });
  open.push(server);
  return Object.assign(member, { url: server.base, server });
}

const edgeTarget = (places: Record<string, string>, probe: object = {}): Target =>
  targetSchema.parse({
    apiVersion: 'causeway/v1',
    kind: 'Target',
    metadata: { name: 'edge', owner: 'team-edge' },
    spec: {
      executor: 'caddy',
      propagation: 'regional-async',
      rung: 'effective',
      history: 'timestamped-log',
      scopes: { 'eu-west': ['gw-1', 'gw-2'] },
      changes: {},
      probes: {
        policy: {
          kind: 'http',
          every: '50ms',
          timeout: '300ms',
          at: { 'eu-west': Object.fromEntries(Object.entries(places).map(([name, url]) => [name, { url }])) },
          ...probe,
        },
        instant: { kind: 'instant' },
      },
    },
  });

const request = (more: Partial<ProbeData> = {}): ProbeData => ({
  sequenceId: '00000000-0000-8000-8000-000000000001',
  step: 'gateway',
  attempt: 1,
  epoch: 1,
  target: 'edge',
  rung: 'effective',
  probe: 'policy',
  scopes: [{ scope: 'eu-west', members: ['gw-1', 'gw-2'] }],
  expect: [{ observed: 'header.x-policy', is: 'equals', wanted: 'new' }],
  consecutive: 2,
  lookForMs: 60_000,
  ...more,
});
const openProbe = (more: Partial<ProbeData> = {}, of: Partial<OpenProbe> = {}): OpenProbe => ({
  probeId: '00000000-0000-7000-8000-000000000001',
  correlationId: 'story',
  request: request(more),
  rounds: 0,
  remainingMs: more.lookForMs ?? 60_000,
  ...of,
});

/** Runs the real prober over real HTTP; only writing rounds down is left out. */
function lookingAt(target: Target, allowInstant = false) {
  const rounds: (Round & { atMs: number })[] = [];
  const sources = { registry: new Map([['edge', target]]), makeLook: createLooks(web, new Map()), allowInstant };
  const prober = new Prober({
    clock: systemClock,
    sources,
    report: (round) => {
      rounds.push({ ...round, atMs: performance.now() });
      return Promise.resolve(true);
    },
  });
  return {
    prober,
    rounds,
    shown: () => rounds.map((round) => round.readings.map((reading) => sight(reading.outcome))),
  };
}
const sight = (outcome: Round['readings'][number]['outcome']): unknown =>
  outcome.kind === 'observed' ? outcome.values['header.x-policy'] : outcome.reason;

describe('looking at gateways', () => {
  it('says what each shows now, says so again when it changes, and ends when all showed it twice in a row', async () => {
    const [one, two] = [await gateway(), await gateway()];
    const { prober, rounds, shown } = lookingAt(edgeTarget({ 'gw-1': one.url, 'gw-2': two.url }));
    prober.look([openProbe()]);
    await soon(() => rounds.length === 1);
    one.policy = 'new';
    await soon(() => rounds.length === 2);
    two.policy = 'new';
    await soon(() => rounds.at(-1)?.last === true);
    expect(shown().slice(0, 3)).toEqual([
      ['old', 'old'],
      ['new', 'old'],
      ['new', 'new'],
    ]);
    expect(rounds.at(-1)?.readings.every(({ streak }) => streak >= 2)).toBe(true);
    expect(rounds.map(({ round }) => round)).toEqual(rounds.map((_, i) => i + 1));
    await soon(() => prober.open() === 0);
    const looks = one.server.asked.length;
    await sleep(150);
    expect(one.server.asked.length).toBe(looks);
  });

  it('is not held up by a stopped gateway, names it, and goes on by itself when it answers again', async () => {
    const [one, two] = [await gateway(), await gateway()];
    Object.assign(one, { policy: 'new' });
    Object.assign(two, { policy: 'new', stopped: true });
    const { prober, rounds, shown } = lookingAt(edgeTarget({ 'gw-1': one.url, 'gw-2': two.url }, { timeout: '2s' }));
    const startedAt = performance.now();
    prober.look([openProbe()]);
    await soon(() => rounds.length >= 2);
    expect((rounds[0]?.atMs ?? 0) - startedAt).toBeLessThan(2_000);
    expect(shown().slice(0, 2)).toEqual([
      ['new', 'no answer yet'],
      ['new', 'no answer within 2 s'],
    ]);
    two.stopped = false;
    await soon(() => rounds.at(-1)?.last === true);
    expect(shown().at(-1)).toEqual(['new', 'new']);
  });

  it('is heard of at least every 2 s while nothing changes', async () => {
    const [one, two] = [await gateway(), await gateway()];
    const { prober, rounds } = lookingAt(edgeTarget({ 'gw-1': one.url, 'gw-2': two.url }));
    prober.look([openProbe()]);
    await soon(() => rounds.length === 2, 2_500);
    prober.stop();
    expect((rounds[1]?.atMs ?? 0) - (rounds[0]?.atMs ?? 0)).toBeGreaterThan(1_900);
    expect(rounds[1]?.readings[0]?.streak).toBeGreaterThan(10);
  });

  it('ends when its time is over, and says what it knows then', async () => {
    const one = await gateway();
    const { prober, rounds } = lookingAt(edgeTarget({ 'gw-1': one.url, 'gw-2': one.url }));
    prober.look([openProbe({ lookForMs: 500 })]);
    await soon(() => rounds.at(-1)?.last === true);
    expect(rounds.at(-1)?.readings).toHaveLength(2);
    await soon(() => prober.open() === 0);
  });

  it('looks at least once at a probe whose time was over before this process began', async () => {
    const one = await gateway();
    const { prober, rounds, shown } = lookingAt(edgeTarget({ 'gw-1': one.url, 'gw-2': one.url }));
    prober.look([openProbe({}, { remainingMs: 0, rounds: 7 })]);
    await soon(() => rounds.at(-1)?.last === true);
    expect(rounds[0]?.round).toBe(8);
    expect(shown()[0]).toEqual(['old', 'old']);
  });

  it('lets the newest probe of a step replace the one before it', async () => {
    const one = await gateway();
    const { prober, rounds } = lookingAt(edgeTarget({ 'gw-1': one.url, 'gw-2': one.url }));
    const newer = '00000000-0000-7000-8000-000000000002';
    prober.look([openProbe()]);
    prober.look([openProbe({}, { probeId: newer })]);
    await soon(() => rounds.length > 0);
    expect(prober.open()).toBe(1);
    prober.stop();
    expect(new Set(rounds.map(({ probe }) => probe.probeId))).toEqual(new Set([newer]));
  });
});

describe('members that cannot be looked at', () => {
  const saying = async (more: Partial<ProbeData>, target = edgeTarget({})): Promise<unknown> => {
    const { prober, rounds, shown } = lookingAt(target);
    prober.look([openProbe(more)]);
    await soon(() => rounds.length > 0);
    prober.stop();
    return shown()[0];
  };
  const twice = (text: string) => [expect.stringContaining(text), expect.stringContaining(text)];

  it('are reported with the reason, never left out', async () => {
    expect(await saying({ target: 'egde' })).toEqual(twice('knows no target "egde"'));
    expect(await saying({ probe: 'polcy' })).toEqual(twice('declares no probe "polcy" (it has: policy, instant)'));
    expect(await saying({})).toEqual([
      'probe "policy" of target "edge" declares no place to look at gw-1 in eu-west',
      'probe "policy" of target "edge" declares no place to look at gw-2 in eu-west',
    ]);
  });

  it('are those of an instant probe, unless the environment allows it', async () => {
    expect(await saying({ probe: 'instant' })).toEqual(twice('for benchmarks only'));
  });

  it('do not hide the ones that can', async () => {
    const one = await gateway();
    const shown = await saying({}, edgeTarget({ 'gw-1': one.url }));
    expect(shown).toEqual(['old', expect.stringContaining('declares no place')]);
  });
});
