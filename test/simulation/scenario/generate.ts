import { type IntentData, type PlanDocument, type Target } from '@causeway/contracts';
import { canonicalJson } from '@causeway/ledger-core';
import { sha256Hex } from '@causeway/signing';
import { FAULT_KINDS, type FaultPlan } from '../faults';
import { Dice } from '../time/dice';
import { changeOf } from '../world/sim-executor';
import { withPolicies } from './policies';
import type { PlannedIntent, Scenario } from './scenario';
import { withSharedKeys } from './shared-keys';
import { targetFor } from './targets';

const EXECUTORS = ['alpha', 'beta'] as const;
const SCOPES = ['eu-west', 'us-east', 'ap-south'] as const;
type Step = PlanDocument['spec']['steps'][number];

/** Everything of a run, from its seed. */
export function scenarioOf(seed: number): Scenario {
  const dice = new Dice(seed, 'scenario');
  const scopes = SCOPES.slice(0, dice.pick([1, 1, 2, 2, 3]));
  const every = dice.pick(['1s', '2s', '4s', '4s', '4s']);
  const names = dice.chance(0.5) ? EXECUTORS : EXECUTORS.slice(0, 1);
  const targets = names.map((name) => targetOf(name, scopes, dice, every));
  const mode = dice.chance(0.5) ? 'liveness' : 'safety';
  return {
    ...{ seed, mode, targets },
    intents: withPlansMade(
      seed,
      Array.from({ length: dice.pick([1, 1, 1, 1, 1, 1, 2, 3]) }, (_, i) => intentOf(i, scopes, targets, dice)),
    ),
    processes: {
      sequencer: dice.pick([1, 1, 2]),
      executor: dice.int(1, 2),
      ledger: dice.pick([1, 1, 2]),
      prober: dice.pick([1, 1, 2]),
    },
    isObserved: dice.chance(0.25),
    serialBy: dice.pick(['target', 'sequence']),
    faults: faultsOf(dice),
    faultsForMs: mode === 'safety' ? dice.int(5_000, 22_000) : dice.int(4_000, 14_000),
  };
}

/** By dice of their own, so that what is said here moves nothing else of a run. */
const withPlansMade = (seed: number, intents: readonly PlannedIntent[]): PlannedIntent[] =>
  withPolicies(seed, withSharedKeys(seed, intents));

/** Each run has some kinds of faults and not others, rare or frequent: so rare combinations happen often in some run. */
function faultsOf(dice: Dice): FaultPlan {
  const density = dice.pick([0, 0.2, 0.4, 0.7]);
  const strength = dice.pick([0.5, 1, 2, 4]);
  const kinds = FAULT_KINDS.filter(() => dice.chance(density));
  return { shares: Object.fromEntries(kinds.map((kind) => [kind, strength * dice.pick([0.5, 1, 2])])), most: Infinity };
}

function targetOf(name: string, scopes: readonly string[], dice: Dice, every: string): Target {
  const own = dice.chance(0.2) ? ['global'] : scopes;
  return targetFor(name, Object.fromEntries(own.map((scope) => [scope, dice.int(1, 2)])), every);
}

function intentOf(nr: number, scopes: readonly string[], targets: readonly Target[], dice: Dice): PlannedIntent {
  const steps = stepsOf(nr, dice.pick([1, 1, 1, 1, 2, 2, 2, 3, 4, 6]), targets, dice);
  const plan = {
    ...{ apiVersion: 'causeway/v1', kind: 'EvolutionPlan' },
    metadata: { name: `plan-${nr}`, owner: 'team-simulated', reason: `CHG-${nr}` },
    spec: {
      ...(dice.chance(0.15) ? { start: 'on-resume' } : {}),
      ...(dice.chance(0.3) ? { onOutOfSequence: 'record' } : {}),
      scopes: wantedScopes(scopes, steps, targets),
      steps,
    },
  };
  const isTampered = dice.chance(0.03);
  const data: IntentData = {
    ...{ key: `CHG-${nr}`, mode: dice.chance(0.05) ? 'preview' : 'apply', plan: plan as unknown as IntentData['plan'] },
    planDigest: isTampered ? 'f'.repeat(64) : sha256Hex(canonicalJson(plan)),
    requestedBy: 'someone',
  };
  return { atMs: dice.int(0, 2_000), data, repeats: dice.pick([0, 0, 0, 1]) };
}

/** Only scopes that some step's target has; a plan with others is refused. */
const wantedScopes = (scopes: readonly string[], steps: readonly Step[], targets: readonly Target[]): string[] => {
  const regional = targets.some(
    ({ metadata, spec }) => !('global' in spec.scopes) && steps.some(({ target }) => target === metadata.name),
  );
  return regional ? [...scopes] : ['global'];
};

function stepsOf(nr: number, count: number, targets: readonly Target[], dice: Dice): Step[] {
  const ids = Array.from({ length: count }, (_, i) => `s${i + 1}`);
  const shape = dice.pick(['chain', 'graph', 'graph']);
  const steps: Step[] = [];
  for (const [i, id] of ids.entries()) {
    const target = dice.pick(targets).metadata.name;
    const change = changeOf(dice.pick(['A', 'B', 'C', 'C', 'D']));
    // Two of the same change at the same target have to be in some order, or the plan is refused; some are.
    const isLike = (step: Step | undefined): boolean =>
      step?.target === target && step.change === change && dice.chance(0.98);
    const needs = ids.slice(0, i).filter((_, before) => dice.chance(0.5) || isLike(steps[before]));
    steps.push({
      ...{ id, target, change, with: { resource: `p${nr}${id}`, value: `v${dice.int(1, 9)}` } },
      ready: { rung: dice.chance(0.9) ? 'effective' : 'accepted', within: '30s', consecutive: dice.pick([1, 1, 2, 3]) },
      ...(shape === 'graph' ? { needs } : {}),
    });
  }
  return steps;
}
