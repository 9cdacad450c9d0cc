import type { PlanDocument, ScopeMembers, Target } from '@causeway/contracts';
import type { Evidence } from './evidence';

type StepDocument = PlanDocument['spec']['steps'][number];

/** One step as its author wrote it, read here anew: nothing of it comes from the sequencer. */
export interface PlannedStep {
  readonly id: string;
  readonly target: string;
  readonly needs: readonly string[];
  readonly resource: string;
  readonly value: string;
  readonly capability: string;
  readonly rung: string;
  readonly consecutive: number;
  readonly scopes: readonly ScopeMembers[];
}

export function plannedSteps(
  { intents, house }: Pick<Evidence, 'intents' | 'house'>,
  sequenceId: string,
): PlannedStep[] {
  const data = intents.get(sequenceId);
  if (!data) return [];
  const { steps, scopes } = (data.plan as unknown as PlanDocument).spec;
  return steps.map((step, i) => stepOf(step, steps[i - 1]?.id, scopes, house.registry.get(step.target) as Target));
}

function stepOf(
  step: StepDocument,
  before: string | undefined,
  scopes: readonly string[],
  target: Target,
): PlannedStep {
  const wanted = 'global' in target.spec.scopes ? ['global'] : (step.scopes ?? scopes);
  return {
    ...{ id: step.id, target: step.target, needs: step.needs ?? (before ? [before] : []) },
    resource: String(step.with?.resource),
    value: String(step.with?.value),
    capability: target.spec.changes[step.change]?.capability ?? '',
    rung: step.ready?.rung ?? 'effective',
    consecutive: step.ready?.consecutive ?? 1,
    scopes: Object.entries(target.spec.scopes)
      .filter(([scope]) => wanted.includes(scope))
      .map(([scope, members]) => ({ scope, members })),
  };
}

/** `<sequence id>/<step>/<attempt>` */
export const stepOfAttempt = (attemptId: string): { sequenceId: string; step: string; attempt: number } => {
  const [sequenceId = '', step = '', attempt] = attemptId.split('/');
  return { sequenceId, step, attempt: Number(attempt) };
};
