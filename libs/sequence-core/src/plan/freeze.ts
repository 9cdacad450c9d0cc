import {
  durationMs,
  type Expectation,
  type FrozenStep,
  type Plan,
  type PlanStep,
  type ResolvedExpectation,
  type Target,
} from '@causeway/contracts';
import { conflictKeyOf } from '../claim/conflict-keys';
import { own } from '../own';
import { plannedSteps, wantedScopes } from './planned-steps';
import { isGlobal } from './target-problems';

/** The steps as they will run: needs made explicit, members counted, expectations resolved. The plan must have passed its checks. */
export function freeze(plan: Plan, targets: ReadonlyMap<string, Target>): FrozenStep[] {
  return plannedSteps(plan).map((planned, index) => {
    const step = plan.spec.steps[index] as PlanStep;
    const target = targets.get(step.target) as Target;
    const change = target.spec.changes[step.change] as Target['spec']['changes'][string];
    return {
      ...planned,
      executor: target.spec.executor,
      identifiedBy: [...change.identifiedBy],
      conflictKey: conflictKeyOf({ ...step, identifiedBy: change.identifiedBy }),
      capability: change.capability,
      scopes: scopesOf(plan, step, target),
      show: showOf(step, target),
    };
  });
}

function scopesOf(plan: Plan, step: PlanStep, target: Target): FrozenStep['scopes'] {
  const wanted = wantedScopes(plan, step);
  return Object.entries(target.spec.scopes)
    .filter(([scope]) => isGlobal(target) || wanted.includes(scope))
    .map(([scope, members]) => ({ scope, members: [...members] }));
}

function showOf(step: PlanStep, target: Target): FrozenStep['show'] {
  const { rung } = step.ready;
  if (rung === 'accepted' || rung === 'baked') return null;
  const show = target.spec.changes[step.change]?.show[rung];
  if (!show) return null;
  const probe = target.spec.probes[show.probe];
  return {
    probe: show.probe,
    expect: show.expect.map((one) => resolve(one, step)),
    freshnessMs: durationMs(probe?.freshness ?? '10s'),
    validForMs: validForMs(probe, step.ready.consecutive),
    watched: probe?.kind !== 'instant',
  };
}

type Probe = Target['spec']['probes'][string];

/** From the last look of a round until it is decided on, at the most as a rule, milliseconds. */
const DECIDED_WITHIN_MS = 5_000;

/** As long as a reading is fresh, and never less than it may take to show it again: else nothing would ever be new enough. */
function validForMs(probe: Probe | undefined, consecutive: number): number {
  const { freshness, every, timeout } = { freshness: '10s', every: '500ms', timeout: '2s', ...probe };
  const lookMs = Math.max(durationMs(every), durationMs(timeout));
  return Math.max(durationMs(freshness), consecutive * lookMs + DECIDED_WITHIN_MS);
}

function resolve({ observed, is, wanted }: Expectation, step: PlanStep): ResolvedExpectation {
  const name = typeof observed === 'string' ? observed : `${observed.prefix}${String(own(step.with, observed.with))}`;
  return { observed: name, is, wanted: 'with' in wanted ? (own(step.with, wanted.with) ?? null) : wanted.value };
}
