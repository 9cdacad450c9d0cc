import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { runTied } from './tied-child';

export interface TierResult {
  readonly tier: string;
  readonly passed: number;
  readonly failed: number;
  readonly seconds: number;
  /** What failed and why, to be said at the end: what was said in the middle of a long run is hard to find. */
  readonly failures?: readonly string[];
}

interface JestSummary {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numFailedTestSuites: number;
  readonly numPendingTests: number;
  readonly testResults: readonly Suite[];
}

interface Suite {
  readonly name: string;
  readonly status: string;
  /** Why it did not even start. */
  readonly message: string;
  readonly assertionResults: readonly {
    readonly status: string;
    readonly fullName: string;
    readonly failureMessages: readonly string[];
  }[];
}

const LINES_OF_A_FAILURE = 12;

/** File, test and the first lines of each failure, without colours. */
export function failuresOf(suites: readonly Suite[], root: string): string[] {
  return suites.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name);
    const failed = assertionResults.filter((one) => one.status === 'failed');
    if (failed.length === 0) return status === 'failed' ? [`${file}\n${shortened(message)}`] : [];
    return failed.map(
      ({ fullName, failureMessages }) => `${file}: ${fullName}\n${shortened(failureMessages.join('\n'))}`,
    );
  });
}

const shortened = (message: string): string =>
  stripVTControlCharacters(message)
    .split('\n')
    .slice(0, LINES_OF_A_FAILURE)
    .map((line) => `    ${line}`)
    .join('\n');

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
    failures: failuresOf(summary.testResults, process.cwd()),
  };
}

/** Under Jest kafkajs is as it comes, and sets timers in the past: Node 24 tells of each, once a process (trap K13). */
const QUIET = '--disable-warning=TimeoutNegativeWarning';
const quiet = process.allowedNodeEnvironmentFlags.has('--disable-warning') ? [QUIET] : [];

/** Jest writes its JSON to standard output too when asked for a file; only its talk (standard error) is for people. */
async function jest(args: readonly string[]): Promise<number> {
  const code = await runTied([...quiet, require.resolve('jest/bin/jest'), ...args], ['ignore', 'ignore', 'inherit']);
  return code ?? 1;
}
