import { systemClock } from '@causeway/host';
import { diagnosisOf, diagnosisText, HEALTH_EXIT } from '@causeway/self-check';
import { lookAtSelf } from './look-at-self';
import type { SelfCheckPlan } from './plan';

/**
 * A service's main: serves, or with `doctor [--json]` as its arguments says how its part stands and ends with 0 healthy, 1 failing,
 * 3 not known or waiting for a person, 4 broken. For when the service itself does not run: it needs its environment and nothing else.
 */
export function serveOrDoctor<T>(plan: SelfCheckPlan, serve: () => Promise<T>): Promise<T> {
  const [command, ...args] = process.argv.slice(2);
  return command === 'doctor' ? doctor(plan, args) : serve();
}

async function doctor(plan: SelfCheckPlan, args: readonly string[]): Promise<never> {
  process.exit(await runDoctor(plan, args));
}

/** The exit code, after the answer was written to stdout. */
export async function runDoctor(plan: SelfCheckPlan, args: readonly string[]): Promise<number> {
  const report = await lookAtSelf(plan, systemClock);
  const diagnosis = diagnosisOf(report.at, [report]);
  const text = args.includes('--json') ? JSON.stringify(diagnosis) : diagnosisText(diagnosis);
  await new Promise((resolve) => process.stdout.write(`${text}\n`, resolve));
  return HEALTH_EXIT[diagnosis.severity];
}
