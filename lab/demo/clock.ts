import { paint, tell } from './tell';

/** Tells what happens with the seconds since the act began. */
export interface Clock {
  readonly beganMs: number;
  say(line: string): void;
}

export function startClock(): Clock {
  const beganMs = Date.now();
  const since = (): string => `${((Date.now() - beganMs) / 1_000).toFixed(1)} s`.padStart(7);
  return { beganMs, say: (line) => tell(`${paint.dim(since())}  ${line}`) };
}
