/**
 * For which times an observer vouches. Intervals of one target never overlap; where two statements speak of the same time the later
 * one counts: a gap that was read after all is covered, and a covered time that turns out to be doubtful is a gap.
 */
export interface CoverageInterval {
  readonly target: string;
  readonly kind: 'covered' | 'gap';
  /** RFC 3339 with milliseconds. */
  readonly from: string;
  /** Not included. */
  readonly to: string;
  readonly reason: string | null;
  /** Ledger index of the first and the last statement in it. */
  readonly firstIndex: number;
  readonly lastIndex: number;
}

/** @param before intervals of the statement's target, @param statement wins where they overlap */
export function stateOver(before: readonly CoverageInterval[], statement: CoverageInterval): CoverageInterval[] {
  if (statement.from >= statement.to) return [...before];
  const kept = before.flatMap((interval) => outside(interval, statement));
  const sorted = [...kept, statement].sort((a, b) => a.from.localeCompare(b.from));
  return sorted.reduce<CoverageInterval[]>(joined, []);
}

/** What is left of an interval around a later statement: nothing, a piece, or one on each side. */
function outside(interval: CoverageInterval, { from, to }: CoverageInterval): CoverageInterval[] {
  if (interval.to <= from || interval.from >= to) return [interval];
  const before = interval.from < from ? [{ ...interval, to: from }] : [];
  return interval.to > to ? [...before, { ...interval, from: to }] : before;
}

/** Intervals that say the same and touch are one. */
function joined(done: readonly CoverageInterval[], next: CoverageInterval): CoverageInterval[] {
  const last = done.at(-1);
  if (!last || last.to !== next.from || last.kind !== next.kind || last.reason !== next.reason) return [...done, next];
  const firstIndex = Math.min(last.firstIndex, next.firstIndex);
  const lastIndex = Math.max(last.lastIndex, next.lastIndex);
  return [...done.slice(0, -1), { ...last, to: next.to, firstIndex, lastIndex }];
}

export interface Uncovered {
  readonly from: string;
  readonly to: string;
  /** What the observer said about it; null: it said nothing about this time. */
  readonly reason: string | null;
  /** Ledger index of what it said. */
  readonly index: number | null;
}

/** The parts of [from, to) that nobody vouches for, in order. */
export function uncoveredIn(intervals: readonly CoverageInterval[], from: string, to: string): Uncovered[] {
  const inside = intervals
    .filter((interval) => interval.to > from && interval.from < to)
    .sort((a, b) => a.from.localeCompare(b.from));
  const holes: Uncovered[] = [];
  let at = from;
  for (const interval of inside) {
    if (interval.from > at) holes.push({ from: at, to: interval.from, reason: null, index: null });
    const end = interval.to < to ? interval.to : to;
    const start = interval.from > at ? interval.from : at;
    if (interval.kind === 'gap')
      holes.push({ from: start, to: end, reason: interval.reason, index: interval.lastIndex });
    at = end;
  }
  return at < to ? [...holes, { from: at, to, reason: null, index: null }] : holes;
}
