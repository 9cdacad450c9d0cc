import type { IntentData, PlanDocument } from '@causeway/contracts';
import { canonicalJson } from '@causeway/ledger-core';
import { sha256Hex } from '@causeway/signing';
import type { FaultKind } from './faults';
import { run, type RunResult } from './run';
import type { PlannedIntent, Scenario } from './scenario/scenario';

export type RunScenario = (scenario: Scenario) => Promise<RunResult>;

/** Runs that one shrinking may cost. */
const MOST_RUNS = 120;

/**
 * The smallest scenario found in which the same invariant still breaks: fewer faults, fewer kinds, fewer intents, steps and processes.
 * Dice are rolled by concern, so what is left out changes little of the rest.
 */
export async function shrink(scenario: Scenario, invariant: string, runOne: RunScenario = run): Promise<Scenario> {
  let left = MOST_RUNS;
  const stillBreaks = async (candidate: Scenario): Promise<boolean> =>
    left-- > 0 && (await runOne(candidate)).violations.some((one) => one.invariant === invariant);
  let smallest = scenario;
  for (let before: Scenario | null = null; before !== smallest && left > 0;) {
    before = smallest;
    for (const candidates of [fewerFaults, fewerKinds, fewerIntents, fewerSteps, fewerProcesses])
      for (const candidate of candidates(smallest))
        if (await stillBreaks(candidate)) {
          smallest = candidate;
          break;
        }
  }
  return smallest;
}

const withFaults = (scenario: Scenario, faults: Partial<Scenario['faults']>): Scenario => ({
  ...scenario,
  faults: { ...scenario.faults, ...faults },
});

function* fewerFaults(scenario: Scenario): Iterable<Scenario> {
  const { most } = scenario.faults;
  const sizes = most === Infinity ? [0, 1, 2, 4, 8, 16, 32] : [Math.floor(most / 2), most - 1];
  for (const size of sizes) if (size >= 0 && size < most) yield withFaults(scenario, { most: size });
}

function* fewerKinds(scenario: Scenario): Iterable<Scenario> {
  const { shares } = scenario.faults;
  const kinds = Object.keys(shares) as FaultKind[];
  const without = (gone: readonly FaultKind[]): Scenario =>
    withFaults(scenario, {
      shares: Object.fromEntries(Object.entries(shares).filter(([kind]) => !gone.includes(kind as FaultKind))),
    });
  if (kinds.length > 3) {
    yield without(kinds.slice(kinds.length / 2));
    yield without(kinds.slice(0, kinds.length / 2));
  }
  for (const kind of kinds) yield without([kind]);
}

function* fewerIntents(scenario: Scenario): Iterable<Scenario> {
  const { intents } = scenario;
  if (intents.length > 1)
    for (const one of intents) yield { ...scenario, intents: intents.filter((other) => other !== one) };
  for (const one of intents)
    if (one.repeats > 0)
      yield { ...scenario, intents: intents.map((other) => (other === one ? { ...one, repeats: 0 } : other)) };
}

function* fewerSteps(scenario: Scenario): Iterable<Scenario> {
  for (const one of scenario.intents) {
    const shorter = withoutLastStep(one);
    if (shorter) yield { ...scenario, intents: scenario.intents.map((other) => (other === one ? shorter : other)) };
  }
}

function withoutLastStep(intent: PlannedIntent): PlannedIntent | null {
  const plan = intent.data.plan as unknown as PlanDocument;
  if (plan.spec.steps.length < 2) return null;
  const shorter = { ...plan, spec: { ...plan.spec, steps: plan.spec.steps.slice(0, -1) } };
  const planDigest = sha256Hex(canonicalJson(shorter));
  return { ...intent, data: { ...intent.data, plan: shorter as unknown as IntentData['plan'], planDigest } };
}

function* fewerProcesses(scenario: Scenario): Iterable<Scenario> {
  for (const [role, count] of Object.entries(scenario.processes))
    if (count > 1) yield { ...scenario, processes: { ...scenario.processes, [role]: 1 } };
}
