/** Sets of moments as lists of closed intervals: [from, to] in Unix milliseconds (or ±Infinity), sorted, apart from each other. */
export type Interval = readonly [from: number, to: number];
export type Intervals = readonly Interval[];

/** All moments that are in any of them; intervals that touch become one. */
export function unite(...sets: readonly Intervals[]): Intervals {
  const sorted = sets.flat().sort((a, b) => a[0] - b[0]);
  const united: [number, number][] = [];
  for (const [from, to] of sorted) {
    const last = united.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else united.push([from, to]);
  }
  return united;
}

/** All moments that are in both. */
export function intersect(a: Intervals, b: Intervals): Intervals {
  const shared: Interval[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const [left, right] = [a[i] as Interval, b[j] as Interval];
    const from = Math.max(left[0], right[0]);
    const to = Math.min(left[1], right[1]);
    if (from <= to) shared.push([from, to]);
    if (left[1] < right[1]) i++;
    else j++;
  }
  return shared;
}

/** What is left of `a` without the moments of `b`; single moments are not left over. */
export function without(a: Intervals, b: Intervals): Intervals {
  const left: Interval[] = [];
  let j = 0;
  for (const [from, to] of a) {
    while (j < b.length && (b[j] as Interval)[1] < from) j++;
    let start = from;
    for (let k = j; k < b.length && (b[k] as Interval)[0] <= to && start < to; k++) {
      const [cutFrom, cutTo] = b[k] as Interval;
      if (cutFrom > start) left.push([start, cutFrom]);
      start = Math.max(start, cutTo);
    }
    if (start < to) left.push([start, to]);
  }
  return left;
}

export const covers = (set: Intervals, moment: number): boolean => meets(set, [moment, moment]);

/** Whether any moment is in both: a search, since it is asked for every window. */
export function meets(set: Intervals, [from, to]: Interval): boolean {
  let [low, high] = [0, set.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((set[middle] as Interval)[1] < from) low = middle + 1;
    else high = middle;
  }
  const found = set[low];
  return found !== undefined && found[0] <= to;
}
