import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { endLeftovers, installLab, newOwnedFolder, startKafka, startPostgres } from '@causeway/lab';
import { runTier, type TierResult } from './jest-run';
import { runSimulation } from './simulation-run';

/**
 * `npm test`: the four tiers, cheapest first. Unit tests and the simulation need nothing; the integration tests and the whole-system run share
 * one real broker and one real database (environment, else container engine, else local processes), each test in topics
 * and databases of its own. A test that fails half-way may leave connections open: the run ends all the same. What it leaves in the
 * temp folder lies in one folder, which goes at the end, or at the start of the next run when something failed. `npm test -- unit|integration|system [jest arguments]` or `npm test -- simulation [its arguments]` runs one tier.
 */
const TIERS = {
  // All of it is computing.
  unit: [
    '--maxWorkers=100%',
    '--testRegex',
    '(?<!\\.int)\\.spec\\.ts$',
    '--testPathIgnorePatterns',
    '/node_modules/',
    '<rootDir>/test/scenarios/',
  ],
  // They mostly wait: for sessions to end, for groups to settle. Two side by side take two thirds of the time.
  integration: ['--testRegex', '\\.int\\.spec\\.ts$', '--maxWorkers=2', '--forceExit'],
  system: ['--testRegex', 'test/scenarios/.*\\.spec\\.ts$', '--runInBand', '--forceExit'],
} as const;

type Tier = keyof typeof TIERS | 'simulation';
const ORDER: readonly Tier[] = ['unit', 'simulation', 'integration', 'system'];
const isTier = (name: string | undefined): name is Tier => ORDER.includes(name as Tier);
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const needsNothing = (tier: Tier): boolean => tier === 'unit' || tier === 'simulation';

async function main(): Promise<number> {
  const [only, ...rest] = process.argv.slice(2);
  const tiers = isTier(only) ? [only] : ORDER;
  const folder = await useOwnTempFolder();
  const stops: (() => Promise<void>)[] = [];
  const results: TierResult[] = [];
  try {
    for (const tier of tiers) {
      if (!needsNothing(tier) && stops.length === 0) stops.push(await startInfrastructure(folder));
      results.push(await (tier === 'simulation' ? runSimulation(rest) : runTier(tier, [...TIERS[tier], ...rest])));
      // Of tests that failed half-way.
      endLeftovers(say);
    }
  } finally {
    for (const stop of stops) await stop();
  }
  const code = report(results);
  if (code === 0) rmSync(folder, { recursive: true, force: true });
  else console.log(`What the run left, until the next one starts: ${folder}`);
  return code;
}

/** For this process and all that it starts. */
async function useOwnTempFolder(): Promise<string> {
  const folder = await newOwnedFolder('causeway-test-');
  // The database's user passes through it.
  chmodSync(folder, 0o711);
  process.env.TMPDIR = folder;
  return folder;
}

async function startInfrastructure(dir: string): Promise<() => Promise<void>> {
  const [kafka, postgres] = await Promise.all([
    startKafka({ dir: join(dir, 'kafka'), say }),
    startPostgres({ dir: join(dir, 'postgres'), say, durable: false }),
    // No test has the patience for a first download.
    installLab(say),
  ]);
  say(`Tests run on Kafka at ${kafka.brokers} (${kafka.provider}) and PostgreSQL (${postgres.provider}).`);
  process.env.KAFKA_BROKERS = kafka.brokers;
  process.env.DATABASE_URL = postgres.url;
  return async () => {
    await Promise.all([kafka.stop(), postgres.stop()]);
  };
}

function report(results: readonly TierResult[]): number {
  for (const failure of results.flatMap(({ failures = [] }) => failures)) console.log(`failed: ${failure}`);
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
