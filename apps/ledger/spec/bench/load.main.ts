import { allTopics, topicNames } from '@causeway/contracts';
import { createDatabase, dropDatabase } from '@causeway/lab';
import { createKafkaBus, kafkaOptionsFrom, type Sealed } from '@causeway/messaging';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { migrateLedger } from '../../src/commands/migrate';
import { cast, EXECUTOR, stepStory } from '../story';
import { Client } from 'pg';

/**
 * How much CPU an entry costs, and how soon a checkpoint covers it. Needs KAFKA_BROKERS and LEDGER_OWNER_URL.
 * Arguments: number of sequences (8 entries each), then entries a second; without the latter the topics are filled first.
 */
const SEQUENCES = Number(process.argv[2] ?? 5_000);
const IN_FLIGHT = 50;
const TICKS_PER_SECOND = 100;

const main = join(__dirname, '..', '..', 'src', 'main.js');

/** User and system time of a process, microseconds. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return ((Number(fields[11]) + Number(fields[12])) * 1e6) / TICKS_PER_SECOND;
}

/** The whole server of a connection on this machine: its parent's children. */
async function postgresCpu(client: Client): Promise<number> {
  const pid = (await client.query('select pg_backend_pid() as pid')).rows[0].pid;
  const server = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1] as string;
  const children = execFileSync('pgrep', ['-P', server], { encoding: 'utf8' }).split('\n').filter(Boolean);
  return children.reduce((sum, child) => sum + cpuOf(Number(child)), 0);
}

/** A database and topics of its own, and the keys. */
async function setUp() {
  const people = cast(mkdtempSync(join(tmpdir(), 'causeway-ledger-bench-')));
  const ownerUrl = process.env.LEDGER_OWNER_URL as string;
  const name = `ledger_bench_${Date.now()}`;
  const owner = await createDatabase(ownerUrl, name);
  const service = new URL(owner);
  service.username = 'causeway_ledger_bench';
  service.password = 'bench';
  await migrateLedger(owner, service.href);
  process.env.CAUSEWAY_TOPIC_PREFIX = `bench${Date.now()}.`;
  const bus = createKafkaBus({ ...kafkaOptionsFrom(process.env), clientId: 'bench' });
  await bus.ensureTopics(allTopics([EXECUTOR]));
  // Leaders of new topics need a moment.
  await pause(2_000);
  const reader = new Client({ connectionString: owner });
  await reader.connect();
  const close = async (): Promise<void> => {
    await Promise.all([bus.close(), reader.end()]);
    await dropDatabase(ownerUrl, name);
  };
  return { people, bus, reader, serviceUrl: service.href, close };
}
type Ground = Awaited<ReturnType<typeof setUp>>;

/** As in life: the same moment of all sequences in flight shares a send. */
async function sendStories({ bus, people }: Ground, sequences: number): Promise<number> {
  let bytes = 0;
  const stories = Array.from({ length: sequences }, stepStory);
  for (let n = 0; n < 8; n++) {
    const sealed: Sealed[] = people.seal(stories.map((story) => story[n] as (typeof story)[number]));
    for (const { value } of sealed) bytes += value.length;
    await bus.send(sealed);
  }
  return bytes;
}

function startService({ people, serviceUrl }: Ground): ChildProcess {
  return spawn(process.execPath, [...(process.env.BENCH_NODE_OPTIONS?.split(' ') ?? []), main], {
    env: {
      ...process.env,
      NODE_ENV: 'production',
      DATABASE_URL: serviceUrl,
      CAUSEWAY_EXECUTORS: EXECUTOR,
      CAUSEWAY_KEY_FILE: people.keyFile('ledger'),
      CAUSEWAY_TRUST_FILE: people.trustFile,
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

/** CPU of service and database and the time, from now until the log has so many entries. */
async function measure({ reader }: Ground, child: ChildProcess, total: number): Promise<object> {
  const sizeNow = async (): Promise<number> =>
    Number((await reader.query('select max(size) as size from ledger.head')).rows[0].size ?? 0);
  while ((await sizeNow()) === 0) await pause(20);
  const [from, startedMs, cpu] = [await sizeNow(), performance.now(), cpuOf(child.pid as number)];
  const databaseCpu = await postgresCpu(reader);
  while ((await sizeNow()) < total) await pause(50);
  const entries = total - from;
  const microseconds = (all: number): number => Number((all / entries).toFixed(1));
  const heads = Number((await reader.query('select count(*) as n from ledger.head')).rows[0].n);
  const rss = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
  return {
    entries,
    perSecond: Math.round((entries / (performance.now() - startedMs)) * 1_000),
    serviceCpuUs: microseconds(cpuOf(child.pid as number) - cpu),
    postgresCpuUs: microseconds((await postgresCpu(reader)) - databaseCpu),
    entriesABatch: Math.round(total / heads),
    rssMb: Math.round(Number(rss ?? 0) / 1024),
  };
}

/** After a warm-up of 3 s: milliseconds from the append of a batch (its transaction's time) to its checkpoint on the broker. */
async function checkpointDelays({ bus, reader }: Ground, total: number): Promise<object> {
  const seen = new Map<number, number>();
  await bus.consume({
    groupId: 'bench-checkpoints',
    topics: [topicNames.checkpoints],
    onBatch: (batch) => {
      for (const { value, timestampMs } of batch) {
        const { size } = (JSON.parse(String(value)) as { data: { size: number } }).data;
        seen.set(size, Math.min(timestampMs, seen.get(size) ?? Infinity));
      }
      return { accepted: Promise.resolve() };
    },
    onDead: () => undefined,
  });
  while (!seen.has(total)) await pause(50);
  const { rows } = await reader.query(
    `select size, at from ledger.head where at > (select min(at) from ledger.head) + interval '3 s' order by size`,
  );
  const sizes = [...seen.keys()].sort((a, b) => a - b);
  const delays = rows
    .map(
      ({ size, at }) => (seen.get(sizes.find((covered) => covered >= Number(size)) as number) as number) - at.getTime(),
    )
    .sort((a, b) => a - b);
  const at = (share: number): number => delays[Math.floor(share * (delays.length - 1))] as number;
  return { checkpointMs: { p50: at(0.5), p99: at(0.99), most: at(1) } };
}

/** Everything is on the topics before the service starts. */
async function catchUp(ground: Ground): Promise<void> {
  let bytes = 0;
  for (let done = 0; done < SEQUENCES; done += IN_FLIGHT) bytes += await sendStories(ground, IN_FLIGHT);
  process.stdout.write(`${8 * SEQUENCES} messages of ${Math.round(bytes / (8 * SEQUENCES))} bytes on the topics\n`);
  const child = startService(ground);
  process.stdout.write(
    `${JSON.stringify({ load: 'catching up', ...(await measure(ground, child, 8 * SEQUENCES)) })}\n`,
  );
  await stopped(child);
}

/** The service runs, and messages come at a steady pace. */
async function steady(ground: Ground, perSecond: number): Promise<void> {
  const child = startService(ground);
  await sendStories(ground, 1);
  const measured = measure(ground, child, 8 * SEQUENCES);
  const startedMs = performance.now();
  for (let done = 1; done < SEQUENCES;) {
    const due = Math.min(SEQUENCES, 1 + Math.floor(((performance.now() - startedMs) * perSecond) / 8_000)) - done;
    if (due > 0) await sendStories(ground, due);
    else await pause(5);
    done += Math.max(due, 0);
  }
  const figures = { load: `${perSecond}/s`, ...(await measured), ...(await checkpointDelays(ground, 8 * SEQUENCES)) };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  await stopped(child);
}

async function stopped(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

async function run(): Promise<void> {
  const ground = await setUp();
  const perSecond = process.argv[3];
  await (perSecond ? steady(ground, Number(perSecond)) : catchUp(ground));
  await ground.close();
}

void run();
