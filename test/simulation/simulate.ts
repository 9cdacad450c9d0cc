import { hunt } from './bugs/hunt';
import type { PlantedBug } from './bugs/planted-bug';
import type { FaultKind } from './faults';
import { median, notHit, storyOf, type CaughtBug, type Found, type Report } from './report';
import { run } from './run';
import { scenarioOf } from './scenario/generate';
import { shrink } from './shrink';

interface SimulateOptions {
  readonly from: number;
  readonly seeds: number;
  say(line: string): void;
}

interface BugOptions {
  /** Most seeds of one hunt, and hunts a bug: the figure is their median. */
  readonly most: number;
  readonly hunts: number;
  readonly isBiased: boolean;
}

/** Violations that are shrunk and told; the others are counted in their seed's first. */
const MOST_TOLD = 20;
const SAY_EVERY = 1_000;

/** Runs seeds one after another. */
export async function simulate({ from, seeds, say }: SimulateOptions): Promise<Report> {
  const started = process.hrtime.bigint();
  const violations: Found[] = [];
  const faults: Partial<Record<FaultKind, number>> = {};
  let [events, virtualMs] = [0, 0];
  for (let seed = from; seed < from + seeds; seed++) {
    const result = await run(scenarioOf(seed));
    events += result.events;
    virtualMs += result.virtualMs;
    for (const [kind, count] of Object.entries(result.hits) as [FaultKind, number][])
      faults[kind] = (faults[kind] ?? 0) + count;
    const [first] = result.violations;
    if (first) violations.push(await told(seed, first, violations.length < MOST_TOLD));
    if ((seed - from + 1) % SAY_EVERY === 0) say(`${seed - from + 1} seeds, ${violations.length} violations`);
  }
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const ran = { from, seeds, seconds, events, virtualHours: virtualMs / 3_600_000 };
  return { ...ran, violations, faults, faultsNotHit: notHit(faults), bugs: null };
}

async function told(seed: number, first: Pick<Found, 'invariant' | 'detail'>, isShrunk: boolean): Promise<Found> {
  const scenario = scenarioOf(seed);
  const smallest = isShrunk ? await shrink(scenario, first.invariant) : scenario;
  return { seed, invariant: first.invariant, detail: first.detail, story: storyOf(smallest) };
}

/** Hunts planted bugs, each from several places. */
export async function huntAll(
  bugs: readonly PlantedBug[],
  { most, hunts, isBiased }: BugOptions,
  say: (line: string) => void,
): Promise<CaughtBug[]> {
  const caught: CaughtBug[] = [];
  for (const bug of bugs) {
    const found = [];
    for (let i = 0; i < hunts; i++) found.push(await hunt(bug, 1 + i * 1_000_000, most, isBiased));
    const seeds = found.map((one) => one.seeds);
    const invariants = [...new Set(found.flatMap(({ invariant }) => invariant ?? []))];
    caught.push({ name: bug.name, sentence: bug.sentence, seeds, median: median(seeds), invariants });
    say(`${bug.name}: ${seeds.map((one) => one ?? 'missed').join(', ')}`);
  }
  return caught;
}
