import type { CoverageData } from '@causeway/contracts';
import type { Sweep } from '@causeway/executor-sdk';

/** The observer's time from `from` to `to`, RFC 3339, of which nothing has been told yet. */
export interface Untold {
  readonly target: string;
  readonly from: string;
  readonly to: string;
}

/**
 * What may be said of the time since the last coverage, after a sweep that began at `to`. A gap is told whole, also where it reaches
 * back into time that was said to be covered: then the gap counts.
 */
export function coverageOf({ target, from, to }: Untold, gap: Sweep['gap']): CoverageData[] {
  const covered = (start: string, end: string): CoverageData[] =>
    start < end ? [{ target, kind: 'covered', from: start, to: end, reason: null }] : [];
  if (!gap) return covered(from, to);
  const missing: CoverageData = { target, kind: 'gap', ...gap };
  return [...covered(from, earlier(gap.from, to)), missing, ...covered(later(from, gap.to), to)];
}

/** Instants of one form (UTC, milliseconds) are ordered like their texts. */
const earlier = (a: string, b: string): string => (a < b ? a : b);
const later = (a: string, b: string): string => (a < b ? b : a);
