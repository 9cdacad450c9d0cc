import { allTopics } from '@causeway/contracts';
import { createKafkaBus, kafkaOptionsFrom, type Sealed } from '@causeway/messaging';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { migrateLedger } from '../src/commands/migrate';
import { cast, EXECUTOR, stepStory } from '../spec/story';
import { Client } from 'pg';

/**
 * How much CPU an entry costs. Fills the topics first, then starts the service and measures it while it takes everything in.
 * Needs KAFKA_BROKERS and LEDGER_OWNER_URL; argument: number of sequences (8 entries each).
 */
const SEQUENCES = Number(process.argv[2] ?? 5_000);
const IN_FLIGHT = 50;
const TICKS_PER_SECOND = 100;

const main = join(__dirname, '..', 'src', 'main.js');

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

async function run(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'causeway-ledger-bench-'));
  const people = cast(dir);
  const owner = new URL(process.env.LEDGER_OWNER_URL as string);
  const admin = new Client({ connectionString: owner.href });
  await admin.connect();
  const name = `ledger_bench_${Date.now()}`;
  await admin.query(`create database ${name}`);
  owner.pathname = `/${name}`;
  const service = new URL(owner.href);
  service.username = 'causeway_ledger_bench';
  service.password = 'bench';
  await migrateLedger(owner.href, service.href);
  process.env.CAUSEWAY_TOPIC_PREFIX = `bench${Date.now()}.`;
  const bus = createKafkaBus({ ...kafkaOptionsFrom(process.env), clientId: 'bench' });
  await bus.ensureTopics(allTopics([EXECUTOR]));

  const total = SEQUENCES * 8;
  let bytes = 0;
  for (let done = 0; done < SEQUENCES; done += IN_FLIGHT) {
    const stories = Array.from({ length: IN_FLIGHT }, stepStory);
    // As in life: the same moment of all sequences in flight shares a send.
    for (let n = 0; n < 8; n++) {
      const sealed: Sealed[] = people.seal(stories.map((story) => story[n] as (typeof story)[number]));
      for (const { value } of sealed) bytes += value.length;
      await bus.send(sealed);
    }
  }
  process.stdout.write(`${total} messages of ${Math.round(bytes / total)} bytes on the topics\n`);

  const child = spawn(process.execPath, [...(process.env.BENCH_NODE_OPTIONS?.split(' ') ?? []), main], {
    env: {
      ...process.env,
      NODE_ENV: 'production',
      DATABASE_URL: service.href,
      CAUSEWAY_EXECUTORS: EXECUTOR,
      CAUSEWAY_KEY_FILE: people.keyFile('ledger'),
      CAUSEWAY_TRUST_FILE: people.trustFile,
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const reader = new Client({ connectionString: owner.href });
  await reader.connect();
  const sizeNow = async (): Promise<number> =>
    Number((await reader.query('select max(size) as size from ledger.head')).rows[0].size ?? 0);
  while ((await sizeNow()) === 0) await pause(20);
  const [from, startedMs, cpu] = [await sizeNow(), performance.now(), cpuOf(child.pid as number)];
  const dbCpu = await postgresCpu(reader);
  while ((await sizeNow()) < total) await pause(50);
  const entries = total - from;
  const tookMs = performance.now() - startedMs;
  const cpuUs = (cpuOf(child.pid as number) - cpu) / entries;
  const dbUs = ((await postgresCpu(reader)) - dbCpu) / entries;
  const publishedMs = performance.now();
  for (let end = 0n; end < BigInt(total); await pause(20)) {
    end = (await bus.watermarks(['causeway.ledger.v1'])).get('causeway.ledger.v1')?.[0]?.end ?? 0n;
  }
  const heads = Number((await reader.query('select count(*) as n from ledger.head')).rows[0].n);
  process.stdout.write(
    `${JSON.stringify({
      entries,
      perSecond: Math.round((entries / tookMs) * 1_000),
      serviceCpuUs: Number(cpuUs.toFixed(1)),
      postgresCpuUs: Number(dbUs.toFixed(1)),
      entriesABatch: Math.round(total / heads),
      publishedAfterMs: Math.round(performance.now() - publishedMs),
      rssMb: Math.round(
        Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024,
      ),
    })}\n`,
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
  await Promise.all([bus.close(), reader.end()]);
  await admin.query(`drop database ${name} with (force)`);
  await admin.end();
}

void run();
