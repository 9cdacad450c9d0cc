import type { MemberReading, ProbeData, ResolvedExpectation } from '@causeway/contracts';
import type { JsonValue, LookOutcome, ObservedValues } from './look';

/**
 * The look of benchmarks: it sees what it is asked to see. It measures what Causeway itself costs and shows nothing about
 * any target, so the prober refuses it unless its environment allows it.
 */
export function instantOutcome(expect: readonly ResolvedExpectation[]): LookOutcome {
  const values: ObservedValues = {};
  for (const { observed, is, wanted } of expect) {
    const value = wanted as JsonValue;
    if (is === 'equals') values[observed] = value;
    else values[observed] = [...listOf(values[observed]), ...(is === 'includes' ? [value] : [])];
  }
  return { kind: 'observed', values };
}

const listOf = (value: JsonValue | undefined): JsonValue[] => (Array.isArray(value) ? value : []);

/** The one round that answers a whole instant probe. */
export function instantReadings({ scopes, expect, consecutive }: ProbeData, takenAt: string): MemberReading[] {
  const outcome = instantOutcome(expect);
  return scopes.flatMap(({ scope, members }) =>
    members.map((member) => ({ scope, member, takenAt, outcome, streak: consecutive })),
  );
}
