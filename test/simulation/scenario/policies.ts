import type { PlanDocument } from '@causeway/contracts';
import { Dice } from '../time/dice';
import type { PlannedIntent } from './scenario';
import { replanned } from './shared-keys';

type OnFailure = NonNullable<PlanDocument['spec']['steps'][number]['onFailure']>;

/** Some steps say what becomes of their failed attempts. By dice of its own. */
export function withPolicies(seed: number, intents: readonly PlannedIntent[]): PlannedIntent[] {
  const dice = new Dice(seed, 'policies');
  return intents.map((intent) => ({
    ...intent,
    data: replanned(intent.data, (spec) => ({
      ...spec,
      steps: spec.steps.map((step) => (dice.chance(0.4) ? { ...step, onFailure: policyOf(dice) } : step)),
    })),
  }));
}

function policyOf(dice: Dice): OnFailure {
  const then = dice.pick(['fail', 'fail', 'hold'] as const);
  if (dice.chance(0.3)) return { do: 'stop', then };
  return {
    attempts: dice.int(2, 6),
    pause: dice.pick(['500ms', '2s', '5s']),
    factor: dice.int(1, 3),
    longestPause: '10s',
    then,
  };
}
