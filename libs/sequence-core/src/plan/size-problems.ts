import { limits, type FrozenStep, type Plan, type Problem } from '@causeway/contracts';
import { jsonBytes } from '../json-bytes';
import { endSteps } from '../sequence/order';

/**
 * What cannot be told in one message: the acceptance, which holds every step twice (as written and as it will run), and the evidence that
 * a gate cites. A watch, a command and a probe request repeat parts of the acceptance, so they fit where it does.
 */
export function* sizeProblems(plan: Plan, steps: readonly FrozenStep[]): Generator<Problem> {
  const bytes = jsonBytes({ plan, steps });
  if (bytes > limits.acceptedBytes) yield ofAcceptance(plan, steps, bytes);
  else yield* gateProblems(steps);
}

function ofAcceptance(plan: Plan, steps: readonly FrozenStep[], bytes: number): Problem {
  const sizes = steps.map((step, i) => jsonBytes(step) + jsonBytes(plan.spec.steps[i]));
  const largest = sizes.indexOf(Math.max(...sizes));
  return {
    code: 'too-large',
    pointer: `/spec/steps/${largest}`,
    message: `as it will run, with its steps written out, the plan has ${bytes} bytes; one sequence may have ${limits.acceptedBytes}`,
    hint: `This step is the largest, with ${sizes[largest]} bytes. Make what it carries smaller, or make several plans of this one.`,
  };
}

/** Of one scope in the evidence, besides its name. */
const SCOPE_SHOWN_BYTES = 150;

function* gateProblems(steps: readonly FrozenStep[]): Generator<Problem> {
  const bytesOf = new Map(
    steps.map(({ id, scopes }) => [
      id,
      100 + scopes.reduce((sum, { scope }) => sum + scope.length + SCOPE_SHOWN_BYTES, 0),
    ]),
  );
  const evidence = (needs: readonly string[]): number => needs.reduce((sum, id) => sum + (bytesOf.get(id) ?? 0), 0);
  for (const [i, { id, needs }] of steps.entries())
    if (evidence(needs) > limits.acceptedBytes) yield ofGate(`step "${id}"`, `/spec/steps/${i}/needs`);
  if (evidence(endSteps(steps)) > limits.acceptedBytes) yield ofGate('the end of the plan', '/spec/steps');
}

const ofGate = (what: string, pointer: string): Problem => ({
  ...{ code: 'too-large', pointer },
  message: `${what} needs more steps and scopes than one record can cite evidence for`,
  hint: 'Put steps between, that need some of them each.',
});
