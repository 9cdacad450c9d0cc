import { durationMs, type FrozenStep, type Plan, type PlanStep } from '@causeway/contracts';
import { frozenPolicy } from '../sequence/retry';
import { nodesOf } from './graph-problems';

/** As much of a step as it will run as the plan alone decides; the rest is its target's. */
export type PlannedStep = Pick<
  FrozenStep,
  'id' | 'target' | 'change' | 'with' | 'needs' | 'onFailure' | 'rung' | 'consecutive' | 'withinMs'
>;

/** In the order of the plan, which must have passed its checks. */
export const plannedSteps = (plan: Plan): PlannedStep[] =>
  nodesOf(plan).map(({ index, needs }) => {
    const step = plan.spec.steps[index] as PlanStep;
    return {
      ...{ id: step.id, target: step.target, change: step.change, with: step.with, needs: [...needs] },
      ...(step.onFailure && { onFailure: frozenPolicy(step.onFailure) }),
      ...{ rung: step.ready.rung, consecutive: step.ready.consecutive, withinMs: durationMs(step.ready.within) },
    };
  });

/** Scopes that a step is to have, as far as its target has them; a target that is the same everywhere has them all in one. */
export const wantedScopes = (plan: Plan, step: PlanStep): readonly string[] => step.scopes ?? plan.spec.scopes;
