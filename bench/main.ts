import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  createDatabase,
  newOwnedFolder,
  startKafka,
  startPostgres,
  startServices,
  type Kafka,
  type Postgres,
  type Services,
} from '@causeway/lab';
import { cpuSeconds } from './process-cpu';
import { closedLoop, openLoop, type Measured } from './loops';
import { Seq4Driver, writeBenchTargets } from './seq4';
import { verifyRun } from './verify-run';

/**
 * `npm run bench`: seq4 through the public interface; one JSON line a result on standard output, talk on standard error.
 *
 *   --c=1,16,128 --rate=100 --warmup=3 --measure=8 --round=1   as in the comparison programs
 *   --rounds=3 --beside='node <path>/bench.mjs --c=128 ...'    runs another program in turn with ours and prints the ratios
 *
 * Broker and database: KAFKA_BROKERS and DATABASE_URL when set, else real ones started here (fsync on).
 */
const say = (line: string): void => void process.stderr.write(`${line}\n`);

interface Options {
  readonly c: readonly number[];
  readonly rates: readonly number[];
  readonly warmupMs: number;
  readonly measureMs: number;
  readonly round: number;
  readonly rounds: number;
  readonly beside: string | null;
}

interface Row extends Omit<Measured, 'more'> {
  readonly peer: string;
  readonly workload: string;
  readonly concurrency: number | null;
  readonly [more: string]: unknown;
}

function readOptions(args: readonly string[]): Options {
  const given = new Map(
    args
      .map((arg) => /^--([\w-]+)=(.*)$/s.exec(arg))
      .flatMap((match) => (match ? [[match[1], match[2]] as const] : [])),
  );
  const numbers = (name: string, fallback: string): number[] =>
    (given.get(name) ?? fallback).split(',').filter(Boolean).map(Number);
  const number = (name: string, fallback: string): number => numbers(name, fallback)[0] ?? 0;
  return {
    c: numbers('c', '1,16,128'),
    rates: numbers('rate', ''),
    warmupMs: number('warmup', '3') * 1000,
    measureMs: number('measure', '8') * 1000,
    round: number('round', '1'),
    rounds: number('rounds', '1'),
    beside: given.get('beside') ?? null,
  };
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const rows: Row[] = [];
  for (let round = options.round; round < options.round + options.rounds; round++) {
    rows.push(...(await ownRound({ ...options, round })));
    if (options.beside) rows.push(...(await otherRound(options.beside, round)));
  }
  if (options.beside) printRatios(rows);
}

function processRoots(services: Services, kafka: Kafka, postgres: Postgres): Map<string, number> {
  const servers = [['broker', kafka.pid()] as const, ['database', postgres.pid()] as const];
  return new Map([
    ...[...services.all].map(([name, service]) => [name, service.pid()] as const),
    ['driver', process.pid],
    ...servers.flatMap(([name, pid]) => (pid === null ? [] : [[name, pid] as const])),
  ]);
}

/** Everything fresh: broker, database, services, topics. */
async function ownRound(options: Options): Promise<Row[]> {
  const dir = await newOwnedFolder('causeway-bench-');
  const run = `r${options.round}-${process.pid}`;
  const [kafka, postgres] = await Promise.all([
    startKafka({ dir: join(dir, 'kafka'), say }),
    startPostgres({ dir: join(dir, 'postgres'), say, durable: true }),
  ]);
  try {
    const databaseUrl = await createDatabase(postgres.url, `causeway_bench_${run.replace('-', '_')}`);
    writeBenchTargets(join(dir, 'targets'));
    const services = await startServices({
      runDir: dir,
      brokers: kafka.brokers,
      databaseUrl,
      topicPrefix: `bench-${run}.`,
      targetsDir: join(dir, 'targets'),
      executors: [{ name: 'noop', script: 'bench/noop-executor.js', env: {} }],
      publishers: ['publisher-bench'],
      withConsole: false,
      more: { 'readiness-prober': { CAUSEWAY_ALLOW_INSTANT_PROBES: 'true' } },
      say,
    });
    try {
      const roots = processRoots(services, kafka, postgres);
      return await measure(services, kafka.brokers, `bench-${run}.`, run, options, () => cpuSeconds(roots));
    } finally {
      await services.stop();
    }
  } finally {
    await Promise.all([kafka.stop(), postgres.stop()]);
    rmSync(dir, { recursive: true, force: true });
  }
}

async function measure(
  services: Services,
  brokers: string,
  prefix: string,
  run: string,
  options: Options,
  ownCpu: () => Map<string, number>,
): Promise<Row[]> {
  const rows: Row[] = [];
  const emit = (workload: string, concurrency: number | null, { more, ...result }: Measured): void => {
    const row: Row = {
      peer: 'causeway',
      version: version(),
      workload,
      concurrency,
      ...result,
      unit: 'sequences/s',
      ...more,
      round: options.round,
    };
    rows.push(row);
    console.log(JSON.stringify(row));
  };
  for (const [i, lanes] of options.c.entries()) {
    const driver = await Seq4Driver.start({
      brokers,
      prefix,
      keyFile: services.keyFile('publisher-bench'),
      run: `${run}-c${i}`,
    });
    emit(
      'seq4/closed',
      lanes,
      await closedLoop((n) => driver.submit(n), lanes, options.warmupMs, options.measureMs, ownCpu),
    );
    await driver.close();
  }
  for (const [i, rate] of options.rates.entries()) {
    const driver = await Seq4Driver.start({
      brokers,
      prefix,
      keyFile: services.keyFile('publisher-bench'),
      run: `${run}-o${i}`,
    });
    const measured = await openLoop((n) => driver.submit(n), rate, options.warmupMs, options.measureMs);
    emit('seq4/open', null, { ...measured, more: { ...measured.more, offered: rate } });
    await driver.close();
  }
  say(await verifyRun(services));
  return rows;
}

const version = (): string => (JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version;

/** Another program of the same output form, run once; its lines are printed as they are. */
async function otherRound(command: string, round: number): Promise<Row[]> {
  const child = spawn(`${command} --round=${round}`, { shell: true, stdio: ['ignore', 'pipe', 'inherit'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`the program beside ended with ${code}: ${command}`);
  const lines = Buffer.concat(chunks)
    .toString()
    .split('\n')
    .filter((line) => line.startsWith('{'));
  lines.forEach((line) => console.log(line));
  return lines.map((line) => JSON.parse(line) as Row);
}

/** Medians over the rounds, ours over the other's, for each load that both ran. */
function printRatios(rows: readonly Row[]): void {
  const loads = [...new Set(rows.map(({ workload, concurrency }) => `${workload}@${concurrency}`))];
  for (const load of loads) {
    const of = (own: boolean): number[] =>
      rows
        .filter((row) => `${row.workload}@${row.concurrency}` === load && (row.peer === 'causeway') === own)
        .map(({ throughput }) => throughput);
    const [ours, theirs] = [median(of(true)), median(of(false))];
    if (ours !== null && theirs !== null)
      say(`${load}: causeway ${ours}/s, beside ${theirs}/s, ratio ${(ours / theirs).toFixed(2)}`);
  }
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return null;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
