import type { IntentData, PlanDocument } from '@causeway/contracts';
import { canonicalJson } from '@causeway/ledger-core';
import { sha256Hex } from '@causeway/signing';
import { Dice } from '../time/dice';
import type { PlannedIntent } from './scenario';

/** In a part of the runs two sequences want the same resources, or all plans name a conflict key. By dice of its own. */
export function withSharedKeys(seed: number, intents: readonly PlannedIntent[]): PlannedIntent[] {
  const dice = new Dice(seed, 'keys');
  const [first] = intents;
  if (first && dice.chance(0.15)) return [...intents, rivalOf(first, dice)];
  return intents.length > 1 && dice.chance(0.5) ? intents.map(namingAKey) : [...intents];
}

/** The same steps at the same resources, towards other values; at times after a step of its own. */
const rivalOf = (intent: PlannedIntent, dice: Dice): PlannedIntent => ({
  ...{ atMs: dice.int(0, 4_000), repeats: 0 },
  data: {
    ...replanned(intent.data, (spec) => ({ ...spec, steps: rivalling(spec.steps, dice) })),
    ...{ key: `${intent.data.key}-rival`, mode: 'apply' },
  },
});

function rivalling([first, ...rest]: Spec['steps'], dice: Dice): Spec['steps'] {
  const other = (step: Step): Step => ({ ...step, with: { ...step.with, value: `w${dice.int(1, 9)}` } });
  if (!first || dice.chance(0.5)) return [...(first ? [first] : []), ...rest].map(other);
  const own = { ...first, id: 's0', with: { ...first.with, resource: 'own' } };
  return [own, { ...first, needs: ['s0'] }, ...rest].map(other);
}

const namingAKey = (intent: PlannedIntent): PlannedIntent => ({
  ...intent,
  data: replanned(intent.data, (spec) => ({ ...spec, conflictKeys: ['shared'] })),
});

type Spec = PlanDocument['spec'];
type Step = Spec['steps'][number];

/** A plan that was tampered with stays so. */
export function replanned(data: IntentData, change: (spec: Spec) => Spec): IntentData {
  const plan = data.plan as unknown as PlanDocument;
  const isTampered = data.planDigest !== sha256Hex(canonicalJson(plan));
  const changed = { ...plan, spec: change(plan.spec) };
  const planDigest = isTampered ? data.planDigest : sha256Hex(canonicalJson(changed));
  return { ...data, plan: changed as unknown as IntentData['plan'], planDigest };
}
