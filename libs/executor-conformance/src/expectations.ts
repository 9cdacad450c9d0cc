import { boundedEvidence, NotApplied, type Evidence, type Json } from '@causeway/executor-sdk';

/** Throws with what was wanted. The suite has no test runner of its own, so it brings its own few checks. */
export function must(holds: boolean, wanted: string): asserts holds {
  if (!holds) throw new Error(`the contract is broken: ${wanted}`);
}

const sortedText = (value: Json | Evidence): string =>
  JSON.stringify(value, (_, field: unknown) =>
    typeof field === 'object' && field !== null && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)))
      : field,
  );

export function mustBePlainAndBounded(evidence: Evidence): void {
  must(
    sortedText(boundedEvidence(evidence)) === sortedText(evidence),
    `evidence is plain JSON within its limits, got ${sortedText(evidence).slice(0, 300)}`,
  );
}

export function mustHoldNoSecret(value: unknown, secrets: readonly string[]): void {
  const text =
    value instanceof Error ? `${value.message} ${value.stack ?? ''} ${JSON.stringify(value)}` : JSON.stringify(value);
  const told = secrets.findIndex((secret) => text.includes(secret) || text.includes(encodeURIComponent(secret)));
  must(told === -1, `no credential comes out (number ${told + 1} of the fixture's secrets did)`);
}

/** What a promise rejects with; resolving is a failure. */
export async function rejectionOf(work: Promise<unknown>, wanted: string): Promise<Error> {
  try {
    await work;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
  throw new Error(`the contract is broken: ${wanted}, but it succeeded`);
}

export async function mustBeRefused(work: Promise<unknown>, wanted: string): Promise<NotApplied> {
  const error = await rejectionOf(work, wanted);
  must(error instanceof NotApplied, `${wanted} by NotApplied, got ${error.name}: ${error.message}`);
  return error;
}
