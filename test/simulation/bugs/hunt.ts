import { run, type RunResult } from '../run';
import { scenarioOf } from '../scenario/generate';
import type { Scenario } from '../scenario/scenario';
import { seamsOf, type PlantedBug } from './planted-bug';

export interface Hunted {
  readonly name: string;
  readonly sentence: string;
  /** Seeds until the first violation; null: never within the cap. */
  readonly seeds: number | null;
  readonly seed: number | null;
  readonly invariant: string | null;
}

/** Strong enough that what shows the bug happens in nearly every run. */
const BIAS = 4;

/** One run with a bug in it. */
export async function runWith(bug: PlantedBug, scenario: Scenario): Promise<RunResult> {
  const undo = bug.patch?.() ?? ((): void => undefined);
  try {
    return await run(scenario, seamsOf(bug));
  } finally {
    undo();
  }
}

/** Seeds from `from` on until one shows the bug. Biased: the faults that show it are frequent, and what is lost has to be missed. */
export async function hunt(bug: PlantedBug, from: number, most: number, isBiased: boolean): Promise<Hunted> {
  const { name, sentence } = bug;
  for (let seeds = 1; seeds <= most; seeds++) {
    const seed = from + seeds - 1;
    const scenario = scenarioOf(seed);
    const asked = isBiased ? biased(scenario, bug) : scenario;
    const { violations } = await runWith(bug, asked);
    if (violations[0] && (await isClean(asked)))
      return { name, sentence, seeds, seed, invariant: violations[0].invariant };
  }
  return { name, sentence, seeds: null, seed: null, invariant: null };
}

/** What is violated without the bug too is no catch. */
const isClean = async (scenario: Scenario): Promise<boolean> => (await run(scenario)).violations.length === 0;

function biased(scenario: Scenario, { shownBy }: PlantedBug): Scenario {
  const shares = { ...scenario.faults.shares, ...Object.fromEntries(shownBy.map((kind) => [kind, BIAS])) };
  return { ...scenario, mode: 'liveness', faults: { ...scenario.faults, shares } };
}
