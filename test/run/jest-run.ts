import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TierResult {
  readonly tier: string;
  readonly passed: number;
  readonly failed: number;
  readonly seconds: number;
}

interface JestSummary {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numFailedTestSuites: number;
  readonly numPendingTests: number;
}

/** Runs one tier of tests. A suite that does not even start counts as one failure, and so does a skipped test. */
export async function runTier(tier: string, args: readonly string[]): Promise<TierResult> {
  const outputFile = join(mkdtempSync(join(tmpdir(), 'causeway-tests-')), 'summary.json');
  const started = process.hrtime.bigint();
  const exit = await jest([...args, '--json', `--outputFile=${outputFile}`]);
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const summary = JSON.parse(readFileSync(outputFile, 'utf8')) as JestSummary;
  const broken = summary.numFailedTests === 0 && exit !== 0 ? Math.max(1, summary.numFailedTestSuites) : 0;
  return {
    tier,
    passed: summary.numPassedTests,
    failed: summary.numFailedTests + broken + summary.numPendingTests,
    seconds,
  };
}

/** Jest writes its JSON to standard output too when asked for a file; only its talk (standard error) is for people. */
function jest(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [require.resolve('jest/bin/jest'), ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
