import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { allTopics, topicNames } from '@causeway/contracts';
import { distFolder, startKafka, startPostgres, type Kafka, type Postgres } from '@causeway/lab';
import { createKafkaBus } from '@causeway/messaging';
import { until } from '../../scenarios/until';
import { armFile, ENV, hitsFile, pointNames, type Arming, type Hit, type PointName } from './points';

/** The preload as a service has it: in a process of its own, with the real pg, kafkajs and undici under it. */
jest.setTimeout(180_000);

let folder: string;
let postgres: Postgres;
let kafka: Kafka;
let world: Server;
const prefix = `faults-${process.pid}.`;
/** Methods of what the world was asked, in order. */
let asked: string[];

beforeAll(async () => {
  const dir = mkdtempSync(join(tmpdir(), 'causeway-faults-'));
  const say = (): void => undefined;
  [postgres, kafka] = await Promise.all([startPostgres({ dir, say, durable: false }), startKafka({ dir, say })]);
  const bus = createKafkaBus({ brokers: kafka.brokers.split(','), clientId: 'faults', prefix });
  await bus.ensureTopics(allTopics(['world']));
  await bus.close();
  world = createServer((request, response) => {
    asked.push(request.method ?? '');
    setTimeout(() => response.end('done'), 100);
  }).listen(0, '127.0.0.1');
  await once(world, 'listening');
});
afterAll(async () => {
  world.close();
  await Promise.all([postgres.stop(), kafka.stop()]);
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'causeway-faults-'));
  asked = [];
});

/** What a victim can be asked to do, one a word; it says each word once it is done. */
const VICTIM = `
const { Client } = require('pg');
const { Kafka, logLevel } = require('kafkajs');
const undici = require('undici');
async function main() {
  const [words, database, brokers, prefix, world] = JSON.parse(process.env.VICTIM);
  const client = new Client({ connectionString: database });
  client.on('error', () => undefined);
  await client.connect();
  const producer = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING }).producer();
  if (words.some((word) => word.startsWith('send'))) await producer.connect();
  const send = (topic) => producer.sendBatch({ acks: -1, topicMessages: [{ topic: prefix + topic, messages: [{ value: 'x' }] }] });
  const request = (method) => undici.request(world, { method }).then(({ body }) => body.dump());
  for (const word of words) {
    const [verb, what, value] = word.split(' ');
    if (verb === 'send') await send(what);
    else if (verb === 'request') await request(what);
    else if (verb === 'call') await new Promise((done) => client.query({ text: 'select 1', name: what }, done));
    else if (verb === 'named') await client.query({ text: what === 'append-facts' ? 'select $1::bytea' : 'select 1', name: what, values: what === 'append-facts' ? [Buffer.from(value)] : [] });
    else await client.query(word);
    process.stdout.write(word + '\\n');
  }
  process.exit(0);
}
main();`;

interface Outcome {
  readonly signal: NodeJS.Signals | null;
  readonly code: number | null;
  readonly done: readonly string[];
  readonly hits: readonly Hit[];
}

async function run(words: readonly string[], arming: Arming | null): Promise<Outcome> {
  if (arming) writeFileSync(armFile(folder, 'victim'), JSON.stringify(arming));
  const { port } = world.address() as AddressInfo;
  const preload = join(distFolder(), 'test/chaos/faults/fault-points.main.js');
  const child = spawn(process.execPath, ['--require', preload, '-e', VICTIM], {
    env: {
      ...process.env,
      ...{ [ENV.name]: 'victim', [ENV.folder]: folder },
      VICTIM: JSON.stringify([words, postgres.url, kafka.brokers, prefix, `http://127.0.0.1:${port}/`]),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()));
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
    child.once('close', (...ended) => resolve(ended)),
  );
  return { code, signal, done: said.split('\n').filter(Boolean), hits: hits() };
}

const hits = (): Hit[] =>
  existsSync(hitsFile(folder))
    ? readFileSync(hitsFile(folder), 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Hit)
    : [];

const kill = (point: Arming['point'], pass = 0): Arming => ({ point, pass, deed: 'kill' });
const GATE = '{"kind":"gate-opened"}';

/** A life that comes to each point once. */
const LIFE = [
  ...['begin', 'named console-claim-submission', 'commit'],
  ...['begin', 'named seat-claim-inbox', `named append-facts ${GATE}`, 'commit'],
  ...['begin', 'named outbox-insert', 'commit'],
  ...[`send ${topicNames.records}`],
  ...['begin', 'named claims-take', 'commit'],
  ...['request GET', 'request PUT'],
  ...['begin', 'named claims-finish', 'named outbox-insert', 'commit'],
  ...['named probes-note-rounds'],
  ...['call append'],
  ...[`send ${topicNames.checkpoints}`],
];
/** How many words of the life are said by then. After a commit or a sending the process dies before it can say so. */
const SAID: Readonly<Record<PointName, number>> = {
  ...{ P0: 2, P8: 4, P10: 6, P1: 9, P2: 10, P3: 12, P4: 15, P5: 15, P6: 15 },
  ...{ P7: 19, P9: 20, P11: 21, P12: 22 },
};

describe('the fault points', () => {
  it('given nothing is armed, all of a life is lived', async () => {
    const { code, done, hits: met } = await run(LIFE, null);
    expect({ code, done, met }).toEqual({ code: 0, done: LIFE, met: [] });
  });

  it.each(pointNames)('given %s, the process dies there and nowhere else', async (point) => {
    const { signal, done, hits: met } = await run(LIFE, kill(point));
    expect(signal).toBe('SIGKILL');
    expect(done).toEqual(LIFE.slice(0, SAID[point]));
    expect(met).toMatchObject([{ name: 'victim', point, deed: 'kill' }]);
  });

  it('given P4, P5, P6: the call has not left, is under way, is answered', async () => {
    await run(['request PUT'], kill('P4'));
    expect(asked).toEqual([]);
    await run(['request PUT'], kill('P5'));
    await until('the PUT', () => asked.length > 0, 10_000);
    expect(asked).toEqual(['PUT']);
    await run(['request GET'], kill('P5'));
    expect(asked).toEqual(['PUT', 'GET']);
  });

  it('given a statement fails, what comes after it is not met', async () => {
    const { done, hits: met } = await run(['begin', 'named outbox-insert', 'rollback', 'begin', 'commit'], kill('P1'));
    expect(done).toHaveLength(5);
    expect(met).toEqual([]);
  });

  it('given it is to be passed twice first, the third time counts', async () => {
    const { signal, done } = await run(Array<string>(5).fill('named claims-take'), kill('P3', 2));
    expect(signal).toBe('SIGKILL');
    expect(done).toHaveLength(2);
  });

  it('given a time after the start, it dies then, wherever it is', async () => {
    const { signal, hits: met } = await run(['select pg_sleep(20)'], { ...kill('start'), afterMs: 1_000 });
    expect(signal).toBe('SIGKILL');
    expect(met).toMatchObject([{ point: 'start' }]);
  });

  it('given it is to stop, it stands still there, goes on when it is woken, and does it once', async () => {
    const waking = wakeOnce();
    const words = ['named claims-take', 'named claims-take'];
    const { code, done, hits: met } = await run(words, { point: 'P3', pass: 0, deed: 'stop' });
    const stoodFor = await waking;
    expect({ code, done }).toEqual({ code: 0, done: words });
    expect(met).toHaveLength(1);
    expect(stoodFor).toBeGreaterThan(400);
  });
});

/** Waits for a hit, then half a second, then wakes the process. Gives how long it stood. */
async function wakeOnce(): Promise<number> {
  while (hits().length === 0) await pause(20);
  const [{ pid, at }] = hits() as [Hit];
  await pause(500);
  expect(execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })).toMatch(/^T/);
  process.kill(pid, 'SIGCONT');
  return Date.now() - at;
}
