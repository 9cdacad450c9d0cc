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

export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** `4.2 s`, `310 ms`, `3 min`: a stretch of time, as exact as it helps. */
export const secondsText = (ms: number): string =>
  ms >= 1_000 && ms < 120_000 ? `${(ms / 1_000).toFixed(1)} s` : ageText(ms);
