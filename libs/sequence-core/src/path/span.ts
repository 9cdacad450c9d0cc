import { meets, type Intervals } from './intervals';
import type { Known } from './timeline';

/** A change happened in (notBefore, seenAt]. `notBefore` null: before the watch had its first look. RFC 3339. */
export interface Bounds {
  readonly notBefore: string | null;
  readonly seenAt: string;
}

/** From when to when something was so. */
export interface Span {
  readonly from: Bounds;
  /** null: it still was so when last looked at. */
  readonly to: Bounds | null;
  /** How exactly that is known, milliseconds: the wider of the two bounds. What began before the first look counts from the acceptance. */
  readonly certaintyMs: number;
}

/** The same as numbers, Unix milliseconds: -Infinity before the first look, Infinity for still so. */
export interface RawSpan {
  readonly from: readonly [notBefore: number, seenAt: number];
  readonly to: readonly [notBefore: number, seenAt: number];
}

/**
 * One span for each stretch in which it can have been so without an end and that was surely so at one moment at least (P5). What
 * happened inside a stretch, between two looks, is not told apart.
 */
export function spansOf({ surely, possibly }: Known): RawSpan[] {
  const spans: RawSpan[] = [];
  let i = 0;
  for (const [start, end] of possibly) {
    const first = surely[i];
    if (!first || first[0] > end) continue;
    let last = first;
    for (let next = surely[i]; next && next[0] <= end; next = surely[++i]) last = next;
    spans.push({ from: [start, first[0]], to: [last[1], end] });
  }
  return spans;
}

/** The stretches in which it can have been so, but no moment is sure. */
export const onlyPossible = ({ surely, possibly }: Known): Intervals =>
  possibly.filter((stretch) => stretch[0] < stretch[1] && !meets(surely, stretch));

export function tellSpan({ from, to }: RawSpan, acceptedAt: string): Span {
  const open = to[1] === Infinity;
  const widths = [widthOf(from, acceptedAt), open ? 0 : widthOf(to, acceptedAt)];
  return { from: tellBounds(from), to: open ? null : tellBounds(to), certaintyMs: Math.max(...widths) };
}

export const widthOf = ([notBefore, seenAt]: RawSpan['from'], acceptedAt: string): number =>
  Math.max(0, seenAt - (notBefore === -Infinity ? Date.parse(acceptedAt) : notBefore));

export const tellBounds = ([notBefore, seenAt]: RawSpan['from']): Bounds => ({
  notBefore: notBefore === -Infinity ? null : tell(notBefore),
  seenAt: tell(seenAt),
});

/** Unix milliseconds as RFC 3339. */
export const tell = (ms: number): string => new Date(ms).toISOString();
