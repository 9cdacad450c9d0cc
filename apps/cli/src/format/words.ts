/** Small pieces of text for people. */

/** `800 ms`, `12 s`, `3 min`, `2 h`, `5 d`. */
export function ageText(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} d`;
}

/** `10:32:05Z`: the time of day in UTC, as everything in the ledger is. */
export const clockText = (instant: string | null): string => (instant === null ? '-' : `${instant.slice(11, 19)}Z`);

/** `2026-11-24 10:32:05Z` */
export const dateText = (instant: string | null): string =>
  instant === null ? '-' : `${instant.slice(0, 10)} ${clockText(instant)}`;

export const sinceText = (instant: string, nowMs: number): string =>
  `since ${clockText(instant)} (${ageText(nowMs - Date.parse(instant))})`;

/** `a, b and c` */
export const listText = (items: readonly string[]): string =>
  items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;

export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** `new-name` of 4 near ones, or null: what a typing error probably meant. */
export function nearest(name: string, known: readonly string[]): string | null {
  const ranked = known.map((one) => ({ one, far: distance(name, one) })).sort((a, b) => a.far - b.far)[0];
  return ranked && ranked.far <= Math.max(2, Math.floor(name.length / 3)) ? ranked.one : null;
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
