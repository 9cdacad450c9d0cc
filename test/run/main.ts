import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKafka, startPostgres } from '@causeway/lab';
import { runTier, type TierResult } from './jest-run';
import { runInBackground, runSimulation } from './simulation-run';

/**
 * `npm test`: four tiers. Unit tests and the simulation need nothing; the integration tests and the whole-system run share
 * one real broker and one real database (environment, else container engine, else local processes), each test in topics
 * and databases of its own. The integration tests mostly wait: the simulation takes the time that they leave, at the lowest priority.
 * A test that fails half-way may leave connections open: the run ends all the same.
 * `npm test -- unit|integration|system [jest arguments]` or `npm test -- simulation [its arguments]` runs one tier.
 */
const TIERS = {
  unit: [
    '--testRegex',
    '(?<!\\.int)\\.spec\\.ts$',
    '--testPathIgnorePatterns',
    '/node_modules/',
    '<rootDir>/test/scenarios/',
  ],
  // They mostly wait: for sessions to end, for groups to settle. Two side by side take two thirds of the time.
  integration: ['--testRegex', '\\.int\\.spec\\.ts$', '--maxWorkers=2', '--forceExit'],
  // These too: for systems to start, for dead members to be missed.
  system: ['--testRegex', 'test/scenarios/.*\\.spec\\.ts$', '--maxWorkers=2', '--forceExit'],
} as const;

type Tier = keyof typeof TIERS | 'simulation';
const NAMES: readonly Tier[] = ['unit', 'simulation', 'integration', 'system'];
const isTier = (name: string | undefined): name is Tier => NAMES.includes(name as Tier);

async function main(): Promise<number> {
  const [only, ...rest] = process.argv.slice(2);
  return report(isTier(only) ? await oneTier(only, rest) : await allTiers(process.argv.slice(2)));
}

async function oneTier(tier: Tier, rest: readonly string[]): Promise<TierResult[]> {
  if (tier === 'simulation') return [await runSimulation(rest)];
  const run = (): Promise<TierResult> => jestTier(tier, rest);
  return [await (tier === 'unit' ? run() : withInfrastructure(run))];
}

async function allTiers(rest: readonly string[]): Promise<TierResult[]> {
  const unit = await jestTier('unit', rest);
  return withInfrastructure(async () => {
    const [simulation, integration] = await Promise.all([runInBackground(), jestTier('integration', rest)]);
    return [unit, simulation, integration, await jestTier('system', rest)];
  });
}

const jestTier = (tier: keyof typeof TIERS, rest: readonly string[]): Promise<TierResult> =>
  runTier(tier, [...TIERS[tier], ...rest]);

async function withInfrastructure<T>(run: () => Promise<T>): Promise<T> {
  const stop = await startInfrastructure();
  try {
    return await run();
  } finally {
    await stop();
  }
}

async function startInfrastructure(): Promise<() => Promise<void>> {
  const dir = mkdtempSync(join(tmpdir(), 'causeway-test-'));
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const [kafka, postgres] = await Promise.all([
    startKafka({ dir: join(dir, 'kafka'), say }),
    startPostgres({ dir: join(dir, 'postgres'), say, durable: false }),
  ]);
  say(`Tests run on Kafka at ${kafka.brokers} (${kafka.provider}) and PostgreSQL (${postgres.provider}).`);
  process.env.KAFKA_BROKERS = kafka.brokers;
  process.env.DATABASE_URL = postgres.url;
  return async () => {
    await Promise.all([kafka.stop(), postgres.stop()]);
  };
}

function report(results: readonly TierResult[]): number {
  for (const { tier, passed, failed, seconds } of results)
    console.log(`${tier.padEnd(12)} ${passed} passed, ${failed} failed in ${seconds.toFixed(0)} s`);
  const sum = (pick: (result: TierResult) => number): number =>
    results.reduce((total, result) => total + pick(result), 0);
  const failed = sum((result) => result.failed);
  console.log(`${sum((result) => result.passed)} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
