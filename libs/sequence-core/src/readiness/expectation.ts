import type { ResolvedExpectation } from '@causeway/contracts';

/** What one look saw: flat names, plain JSON values. */
export type ObservedValues = Readonly<Record<string, unknown>>;

/** Deep equality of JSON values; the order of an object's keys does not matter. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && sameJson(left[key], right[key]))
  );
}

export type Comparison =
  | { readonly kind: 'met' }
  | { readonly kind: 'unmet'; readonly detail: string }
  /** The look did not bring what the expectation asks about: nothing can be concluded. */
  | { readonly kind: 'unreadable'; readonly detail: string };

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
};

/** One typed comparison. Never throws. */
export function compare(expected: ResolvedExpectation, values: ObservedValues): Comparison {
  if (!Object.hasOwn(values, expected.observed))
    return { kind: 'unreadable', detail: `${expected.observed} was not in the answer` };
  const observed = values[expected.observed];
  if (expected.is === 'equals') {
    if (sameJson(observed, expected.wanted)) return { kind: 'met' };
    return { kind: 'unmet', detail: `${expected.observed} is ${shown(observed)}, wanted ${shown(expected.wanted)}` };
  }
  if (!Array.isArray(observed)) return { kind: 'unreadable', detail: `${expected.observed} is not a list` };
  const has = observed.some((item) => sameJson(item, expected.wanted));
  if (has === (expected.is === 'includes')) return { kind: 'met' };
  return {
    kind: 'unmet',
    detail: `${expected.observed} ${has ? 'still holds' : 'does not hold'} ${shown(expected.wanted)}`,
  };
}

/** The first comparison that is not met, or met. Unreadable comes before unmet: not knowing is said first. */
export function compareAll(expected: readonly ResolvedExpectation[], values: ObservedValues): Comparison {
  const results = expected.map((one) => compare(one, values));
  return (
    results.find(({ kind }) => kind === 'unreadable') ?? results.find(({ kind }) => kind === 'unmet') ?? { kind: 'met' }
  );
}

/** Whether a look shows everything that is expected. */
export const expectationsMet = (expected: readonly ResolvedExpectation[], values: ObservedValues): boolean =>
  compareAll(expected, values).kind === 'met';
