import { readFileSync } from 'node:fs';
import type { ServiceProcess } from '@causeway/lab';
import { putInFront, putOnBoth, SHELVES, startShelfWorld, type ShelfWorld } from './shelf/shelf-world';
import { Story } from './story';
import { until } from './until';

/**
 * The broker is not there when all services start, and is killed later for longer than its client tries: no process of ours ends,
 * each says why it is not ready, and everything goes on by itself. BROKER_AWAY_MS=120000 is the long form, by hand.
 */
const AWAY_MS = Number(process.env.BROKER_AWAY_MS ?? 20_000);
jest.setTimeout(240_000 + 2 * AWAY_MS);

interface Ready {
  readonly status: string;
  readonly reasons: Readonly<Record<string, string>>;
}

let story: Story<ShelfWorld>;
const ended: string[] = [];
let services: readonly ServiceProcess[];
beforeAll(async () => {
  const world = await startShelfWorld({}, { withoutBroker: true });
  services = [...world.services.all.values()];
  for (const service of services) void service.ended().then(() => ended.push(service.name));
  story = await Story.over(world, SHELVES);
});
afterAll(() => story?.end());

const ready = async ({ url }: ServiceProcess): Promise<Ready> =>
  (await (await fetch(`${url}/health/ready`)).json()) as Ready;
const figure = async ({ url }: ServiceProcess, name: string): Promise<number> => {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^${name}\\{[^}]*\\} (\\d+)$`, 'm').exec(text)?.[1]);
};
const all = async (holds: (service: ServiceProcess) => Promise<boolean>): Promise<boolean> =>
  (await Promise.all(services.map(holds))).every(Boolean);
const allReady = (): Promise<true> =>
  until('all are ready', () => all(async (service) => (await ready(service)).status === 'ready'), 90_000).then(
    () => true,
  );
const allBlameTheBroker = (): Promise<boolean> =>
  until('all say why', () => all(async (one) => isRefusal((await ready(one)).reasons.broker)), 60_000);
const isRefusal = (reason = ''): boolean => reason.includes('ECONNREFUSED');
const writes = (): string[] =>
  story.world.journal().flatMap((line) => (line.startsWith('write') ? [line.split(' ')[1] as string] : []));

describe('services that are started before the broker', () => {
  let early = '';

  it('live, and say that they are not ready and why', async () => {
    await allBlameTheBroker();
    expect(await all(async (service) => (await figure(service, 'causeway_broker_reachable')) === 0)).toBe(true);
    expect(ended).toEqual([]);
  });

  it('the console takes an intent all the same', async () => {
    early = await story.apply(putOnBoth('early'));
    expect((await story.view(early)).status).toBe('submitted');
  });

  it('end in order when they are told to while they wait', async () => {
    const sequencer = story.world.services.get('sequencer');
    await sequencer.stop();
    const said = readFileSync(sequencer.logFile, 'utf8').trimEnd();
    expect(said.split('\n').at(-1)).toContain('"msg":"stopped"');
    expect(said).not.toContain('"msg":"started"');
    expect(ended.splice(0)).toEqual(['sequencer']);
    await sequencer.start();
    void sequencer.ended().then(() => ended.push('sequencer'));
  });

  it('are ready by themselves when it is there, and what was taken is carried out', async () => {
    await story.world.kafka.restart();
    await allReady();
    expect((await story.ended(early)).status).toBe('completed');
    expect(ended).toEqual([]);
  });
});

describe('a broker that is killed for longer than its client tries', () => {
  let waiting = '';
  let meanwhile = '';

  it('ends no process: each begins to reconnect', async () => {
    story.world.holdEu(true);
    waiting = await story.apply(putOnBoth('waits'));
    await story.tape.fact(waiting, 'gate-held', { step: 'back' });
    await story.world.kafka.kill();
    const killedAtMs = performance.now();
    story.world.holdEu(false);
    meanwhile = await story.apply(putInFront('meanwhile'));
    await allBlameTheBroker();
    await until(
      'every consumer was given up at least once',
      () => all(async (service) => (await figure(service, 'causeway_broker_consumer_restarts')) > 0),
      90_000,
    );
    await until('the time', () => performance.now() - killedAtMs > AWAY_MS, 2 * AWAY_MS);
    expect(ended).toEqual([]);
  });

  it('everything goes on when it is back: each sequence ends, each write is made once', async () => {
    await story.world.kafka.restart();
    for (const id of [waiting, meanwhile]) expect((await story.ended(id)).status).toBe('completed');
    await allReady();
    expect(writes().sort()).toEqual(['early', 'early', 'meanwhile', 'waits', 'waits']);
    expect(ended).toEqual([]);
  });
});

describe('in the end', () => {
  it('every message is accounted for and the export verifies offline', async () => {
    expect(await story.closingFaults()).toEqual([]);
  });
});
