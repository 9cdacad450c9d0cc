import type { IntentData, PlanDocument, Target } from '@causeway/contracts';
import { canonicalJson } from '@causeway/ledger-core';
import { sha256Hex } from '@causeway/signing';
import { targetFor } from '../scenario/targets';
import type { Scenario } from '../scenario/scenario';
import { changeOf } from '../world/sim-executor';

/**
 * The one story whose every call is failed: three steps of the classes C, D and A one after the other at two targets. The answer of the
 * D step's first write is lost, so that a person has to settle it; somebody changes something else at the first target, so that the
 * sequence is held and a person has to let it go on. Nothing else goes wrong.
 */
export function story(): Scenario {
  const targets: Target[] = [targetFor('alpha', SCOPES), targetFor('beta', SCOPES)];
  return {
    ...{ seed: 1, mode: 'liveness', targets, isObserved: true, serialBy: 'target', faultsForMs: 1 },
    intents: [{ atMs: 500, data: intent(), repeats: 0 }],
    processes: { sequencer: 1, executor: 1, ledger: 1, prober: 1 },
    faults: { shares: {}, most: Infinity },
    told: {
      losesFirstAnswerOf: 'D',
      foreign: { afterStep: 's1', target: 'alpha', resource: 'of-others', value: 'theirs' },
    },
  };
}

const SCOPES = { 'eu-west': 1, 'us-east': 1 };

const STEPS = [
  { id: 's1', target: 'alpha', capability: 'C' },
  { id: 's2', target: 'beta', capability: 'D' },
  { id: 's3', target: 'alpha', capability: 'A' },
] as const;

function intent(): IntentData {
  const steps: PlanDocument['spec']['steps'] = STEPS.map(({ id, target, capability }) => ({
    ...{ id, target, change: changeOf(capability), with: { resource: `of-${id}`, value: 'ours' } },
    ready: { rung: 'effective', within: '30s', consecutive: 1 },
  }));
  const plan = {
    ...{ apiVersion: 'causeway/v1', kind: 'EvolutionPlan' },
    metadata: { name: 'every-call', owner: 'team-simulated', reason: 'CHG-1' },
    spec: { scopes: Object.keys(SCOPES), steps },
  };
  const planDigest = sha256Hex(canonicalJson(plan));
  return {
    ...{ key: 'CHG-1', mode: 'apply', plan: plan as unknown as IntentData['plan'], planDigest },
    requestedBy: 'someone',
  };
}
