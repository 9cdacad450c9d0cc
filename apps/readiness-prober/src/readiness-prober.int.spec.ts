import { setTimeout as sleep } from 'node:timers/promises';
import { topicNames, type ProbeData, type ReadingData, type TargetDocument } from '@causeway/contracts';
import { newEventId } from '@causeway/signing';
import { layGround, type Ground } from '../spec/ground';
import { localServer, type LocalServer } from '../spec/local-server';
import { ProberHouse } from '../spec/prober-house';

jest.setTimeout(60_000);

/** Two gateways whose policy the story changes. A stopped one takes the connection and never answers. */
const shows = { 'gw-1': 'old', 'gw-2': 'old' };
const stopped = new Set<string>();
let gateways: LocalServer;
let house: ProberHouse;
let ground: Ground;

const target = (name: string, probes: TargetDocument['spec']['probes']): TargetDocument => ({
  apiVersion: 'causeway/v1',
  kind: 'Target',
  metadata: { name, owner: 'team-edge' },
  spec: {
    executor: 'caddy',
    propagation: 'regional-async',
    rung: 'effective',
    history: 'timestamped-log',
    scopes: { 'eu-west': ['gw-1', 'gw-2'] },
    changes: { 'set@v1': { with: {}, capability: 'C' } },
    probes,
  },
});
const at = (base: string) => ({ 'eu-west': { 'gw-1': { url: `${base}/gw-1` }, 'gw-2': { url: `${base}/gw-2` } } });

beforeAll(async () => {
  gateways = await localServer((request, response) => {
    const member = request.url?.slice(1) as keyof typeof shows;
    if (!stopped.has(member)) response.setHeader('x-policy', shows[member]).end();
  });
  ground = await layGround();
  house = await ProberHouse.open({
    ...ground,
    targets: [
      target('edge', { policy: { kind: 'http', every: '100ms', timeout: '500ms', at: at(gateways.base) } }),
      target('bench', { now: { kind: 'instant' } }),
    ],
    allowInstant: true,
  });
  await house.start();
});
afterAll(async () => {
  await house?.close();
  await gateways?.close();
  await ground?.stop();
});
beforeEach(() => {
  Object.assign(shows, { 'gw-1': 'old', 'gw-2': 'old' });
  stopped.clear();
});

const request = (more: Partial<ProbeData> = {}): ProbeData => ({
  sequenceId: newEventId(),
  step: 'gateway',
  attempt: 1,
  epoch: 3,
  target: 'edge',
  rung: 'effective',
  probe: 'policy',
  scopes: [{ scope: 'eu-west', members: ['gw-1', 'gw-2'] }],
  expect: [{ observed: 'header.x-policy', is: 'equals', wanted: 'new' }],
  consecutive: 2,
  lookForMs: 60_000,
  ...more,
});
const sight = (outcome: { kind: string; reason?: string; values?: Record<string, unknown> }): unknown =>
  outcome.kind === 'observed' ? outcome.values?.['header.x-policy'] : outcome.reason;

/** When the oldest look of a round began. */
const oldestMs = ({ readings }: ReadingData): number => Math.min(...readings.map(({ takenAt }) => Date.parse(takenAt)));

/** Every gateway showed the new policy twice in a row. */
const isOver = (asked: Parameters<ProberHouse['answersTo']>[0]): boolean =>
  house
    .answersTo(asked)
    .some(({ data }) => data.readings.every(({ outcome, streak }) => sight(outcome) === 'new' && streak >= 2));

describe('the readiness prober on a real broker and database', () => {
  it('answers a request with signed rounds of all members, until every one showed it', async () => {
    const data = request();
    const asked = await house.ask(data);
    await house.until('a first round', () => house.answersTo(asked).length === 1);
    shows['gw-1'] = 'new';
    await house.until('gw-1 in a round', () => house.answersTo(asked).length === 2);
    shows['gw-2'] = 'new';
    await house.until('the last round', () => isOver(asked));
    const rounds = house.answersTo(asked);
    expect(rounds.map(({ data }) => data.round)).toEqual(rounds.map((_, i) => i + 1));
    expect(rounds[0]?.data.readings.map(({ outcome }) => sight(outcome))).toEqual(['old', 'old']);
    expect(rounds[1]?.data.readings.map(({ outcome }) => sight(outcome))).toEqual(['new', 'old']);
    expect(rounds.at(-1)?.data.readings.map(({ outcome }) => sight(outcome))).toEqual(['new', 'new']);
    expect(rounds[0]).toMatchObject({
      source: '/readiness-prober',
      subject: data.sequenceId,
      correlationId: `story of ${data.sequenceId}`,
      causationIds: [asked.id],
      data: { sequenceId: data.sequenceId, step: 'gateway', attempt: 1, epoch: 3, target: 'edge', probeId: asked.id },
    });
    expect(
      house.readings.every(
        ({ principal, key, message }) => principal === 'readiness-prober' && key === message.subject,
      ),
    ).toBe(true);
    const [first, last] = [rounds[0], rounds.at(-1)].map((round) => round?.data) as [ReadingData, ReadingData];
    const laterMs = (last.sinceAskedMs ?? 0) - (first.sinceAskedMs ?? 0);
    expect(laterMs).toBeGreaterThan(0);
    expect(Math.abs(laterMs - (oldestMs(last) - oldestMs(first)))).toBeLessThan(20);
    await sleep(500);
    expect(house.answersTo(asked)).toHaveLength(rounds.length);
  });

  it('goes on after kill -9 where it was, and repeats nothing that was over', async () => {
    const over = await house.ask(
      request({ consecutive: 1, expect: [{ observed: 'status', is: 'equals', wanted: 200 }] }),
    );
    await house.until('a probe that is over', () => house.answersTo(over).length === 1);
    const asked = await house.ask(request());
    await house.until('a first round', () => house.answersTo(asked).length === 1);
    await house.end('SIGKILL');
    Object.assign(shows, { 'gw-1': 'new', 'gw-2': 'new' });
    await house.send([over, asked]);
    await house.start();
    await house.until('the last round', () => isOver(asked));
    const after = house.answersTo(asked).slice(1);
    expect(after.map(({ data }) => data.round)).toEqual(after.map((_, i) => i + 2));
    expect(after.map(({ data }) => data.readings.map(({ outcome }) => sight(outcome))).flat()).not.toContain('old');
    await sleep(1_000);
    expect(house.answersTo(over)).toHaveLength(1);
    expect(house.answersTo(asked)).toHaveLength(after.length + 1);
  });

  it('names a stopped gateway while the others are heard, and goes on when it answers again', async () => {
    Object.assign(shows, { 'gw-1': 'new', 'gw-2': 'new' });
    stopped.add('gw-2');
    const asked = await house.ask(request());
    const last = () =>
      house
        .answersTo(asked)
        .at(-1)
        ?.data.readings.map(({ outcome }) => sight(outcome));
    await house.until('gw-2 named', () => String(last()?.[1]) === 'no answer within 0.5 s');
    expect(last()?.[0]).toBe('new');
    stopped.delete('gw-2');
    await house.until('the last round', () => isOver(asked));
    expect(last()).toEqual(['new', 'new']);
  });

  it('says why it cannot look, instead of nothing', async () => {
    const asked = await house.ask(request({ target: 'egde' }));
    await house.until('a reading', () => house.answersTo(asked).length > 0);
    const [round] = house.answersTo(asked);
    expect(round?.data.readings.map(({ outcome }) => sight(outcome))).toEqual([
      expect.stringContaining('knows no target "egde"'),
      expect.stringContaining('knows no target "egde"'),
    ]);
  });

  it('parks garbage and hears what lies between it', async () => {
    const before = house.deadLetters.length;
    const sequenceId = newEventId();
    const [good, model] = house.requests([request({ sequenceId }), request({ sequenceId, step: 'other' })]);
    if (!good || !model) throw new Error('no requests');
    const [foreign] = house.requests([request({ sequenceId })], 'executor-caddy');
    const { 'causeway-signature': _, ...unsigned } = model.headers;
    const raw = (value: string) => ({ ...model, id: newEventId(), value: Buffer.from(value) });
    const garbage = [
      raw(''),
      raw('{'),
      raw('['.repeat(20_000) + ']'.repeat(20_000)),
      { ...model, value: Buffer.from(model.value.toString().replace('"attempt":1', '"attempt":2')) },
      { ...model, headers: unsigned },
      foreign ?? model,
    ];
    await house.send([...garbage.slice(0, 3), good, ...garbage.slice(3)]);
    await house.until('the valid one is answered', () => house.answersTo(good).length > 0, 5_000);
    await house.until('the others are parked', () => house.deadLetters.length === before + garbage.length);
    expect(house.deadLetters.slice(before).map(({ data }) => [data.topic, data.reason])).toEqual(
      ['empty', 'not-json', 'too-deep', 'bad-signature', 'unsigned', 'writer-not-allowed'].map((reason) => [
        topicNames.probes,
        reason,
      ]),
    );
    expect(house.isRunning()).toBe(true);
  });

  it('answers 2,000 instant probes once each', async () => {
    const requests = house.requests(
      Array.from({ length: 2_000 }, (_, i) =>
        request({ target: 'bench', probe: 'now', step: `s-${i}`, consecutive: 3 }),
      ),
    );
    const ids = new Set(requests.map(({ id }) => id));
    const answered = () => house.readings.map(({ message }) => message.data.probeId).filter((id) => ids.has(id));
    const startedAt = performance.now();
    for (let i = 0; i < requests.length; i += 250) await house.send(requests.slice(i, i + 250));
    await house.until('all answers', () => answered().length >= requests.length, 20_000);
    const seconds = (performance.now() - startedAt) / 1_000;
    process.stderr.write(`instant probes: ${Math.round(requests.length / seconds)} a second\n`);
    expect(new Set(answered())).toEqual(ids);
    // A message may come twice under one id; a second answer would have another id.
    const answers = new Set(
      house.readings.filter(({ message }) => ids.has(message.data.probeId)).map(({ message }) => message.id),
    );
    expect(answers.size).toBe(requests.length);
  });

  it('stops cleanly when told to, and takes up what was open', async () => {
    const asked = await house.ask(request());
    await house.until('a first round', () => house.answersTo(asked).length === 1);
    expect(await house.end('SIGTERM')).toBe(0);
    Object.assign(shows, { 'gw-1': 'new', 'gw-2': 'new' });
    await house.start();
    await house.until('the last round', () => isOver(asked));
  });
});
