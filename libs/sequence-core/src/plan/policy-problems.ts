import { durationMs, type Plan, type Problem } from '@causeway/contracts';

/** What of a policy has no effect, or contradicts itself. */
const OF_RETRY = ['attempts', 'pause', 'factor', 'longestPause'] as const;

export function* policyProblems(plan: Plan): Generator<Problem> {
  for (const [index, { onFailure }] of plan.spec.steps.entries()) {
    if (!onFailure) continue;
    const at = `/spec/steps/${index}/onFailure`;
    if (onFailure.do === 'stop')
      for (const name of OF_RETRY.filter((one) => onFailure[one] !== undefined)) yield unused(name, at);
    else yield* pauseProblems(onFailure, at);
  }
}

const unused = (name: string, at: string): Problem => ({
  ...{ code: 'unused-policy', pointer: `${at}/${name}` },
  message: `"${name}" says how it is tried again, but "do: stop" never tries again`,
  hint: `Remove it, or write do: retry.`,
});

function* pauseProblems(
  { pause = '2s', longestPause }: NonNullable<Plan['spec']['steps'][number]['onFailure']>,
  at: string,
): Generator<Problem> {
  if (longestPause === undefined || durationMs(longestPause) >= durationMs(pause)) return;
  yield {
    ...{ code: 'bad-policy', pointer: `${at}/longestPause` },
    message: `the longest pause (${longestPause}) is shorter than the first one (${pause})`,
    hint: `Write at least ${pause}, or a shorter pause.`,
  };
}
