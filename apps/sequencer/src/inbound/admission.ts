import { COVERAGE_TYPE, MUTATION_TYPE, type Target } from '@causeway/contracts';
import type { Admission } from '@causeway/messaging';

/** What is seen at a target is believed only of the executor that the target is registered with. */
export function admissionFor(targets: ReadonlyMap<string, Target>): Admission {
  return ({ message, principal }) => {
    if (message.type !== MUTATION_TYPE && message.type !== COVERAGE_TYPE) return null;
    const { target: name } = message.data;
    const target = targets.get(name);
    if (!target) return { reason: 'unknown-target', detail: `no target ${name} is registered` };
    const owner = `executor-${target.spec.executor}`;
    const detail = `${principal} does not answer for target ${name}, ${owner} does`;
    return principal === owner ? null : { reason: 'writer-not-allowed', detail };
  };
}
