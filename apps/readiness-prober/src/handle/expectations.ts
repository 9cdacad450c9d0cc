import type { ResolvedExpectation } from '@causeway/contracts';

type Values = Readonly<Record<string, unknown>>;

/**
 * Whether one member showed everything that is expected. Sets the prober's pace only; what a reading means is decided
 * by who asked for it.
 */
export function expectationsMet(expect: readonly ResolvedExpectation[], values: Values): boolean {
  return expect.every((expectation) => met(expectation, values));
}

function met({ observed, is, wanted }: ResolvedExpectation, values: Values): boolean {
  if (!Object.hasOwn(values, observed)) return false;
  const value = values[observed];
  if (is === 'equals') return sameJson(value, wanted);
  if (!Array.isArray(value)) return false;
  return value.some((each) => sameJson(each, wanted)) === (is === 'includes');
}

function sameJson(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const [a, b] = [left as Values, right as Values];
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && sameJson(a[name], b[name]))
  );
}
