import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TierResult } from './jest-run';
import { runTied } from './tied-child';

/** What CI runs: see docs/explanation/simulation.md. Planted bugs are hunted where the faults that show them are frequent. */
const SEEDS = ['--seeds', '20000', '--bugs', '--biased', '--hunts', '3', '--most', '300'];
const NTH = ['--nth'];

interface SeedsReport {
  readonly violations: readonly unknown[];
  readonly faults: Readonly<Record<string, number>>;
  readonly faultsNotHit: readonly string[];
  readonly bugs: readonly { readonly median: number | null }[];
}

interface NthReport {
  readonly runs: number;
  readonly violations: readonly unknown[];
}

/**
 * The simulation as a tier: seeds, planted bugs, and one story whose every call fails. Counted as passed: no violation in the seeds, every
 * kind of fault that was hit, every planted bug that was caught, every failed call that broke nothing.
 * @param more arguments for the run of the seeds, e.g. `--seeds 500`
 */
export async function runSimulation(more: readonly string[]): Promise<TierResult> {
  const started = process.hrtime.bigint();
  const seeds = await simulate<SeedsReport>([...SEEDS, ...more]);
  const nth = await simulate<NthReport>(NTH);
  const caught = seeds.bugs.filter(({ median }) => median !== null).length;
  const failed =
    seeds.violations.length + seeds.faultsNotHit.length + (seeds.bugs.length - caught) + nth.violations.length;
  const whole = seeds.violations.length === 0 ? 1 : 0;
  const passed = whole + Object.keys(seeds.faults).length + caught + nth.runs - nth.violations.length;
  return { tier: 'simulation', passed, failed, seconds: Number(process.hrtime.bigint() - started) / 1e9 };
}

/** Ends with 0 or 1 when it has a report; anything else is a simulation that broke down. */
async function simulate<R>(args: readonly string[]): Promise<R> {
  const file = join(mkdtempSync(join(tmpdir(), 'causeway-simulation-')), 'report.json');
  const program = join(__dirname, '..', 'simulation', 'main.js');
  const code = await runTied(
    ['--enable-source-maps', program, ...args, '--json', file],
    ['ignore', 'inherit', 'inherit'],
  );
  if (code === 0 || code === 1) return JSON.parse(readFileSync(file, 'utf8')) as R;
  throw new Error(`the simulation ended with ${code}`);
}
