import { ok, wrong, type Finding } from '../finding';

/** Half of what orders nothing but looks odd in the ledger; far beyond what NTP leaves. */
const MOST_SKEW_MS = 2_000;

/** Our clock and the database's, read as nearly together as a round trip allows. */
export interface ClockState {
  /** Ours minus the database's, milliseconds. */
  readonly skewMs: number;
  /** The truth lies within so much of it, milliseconds. */
  readonly uncertaintyMs: number;
}

/** Waiting times and the times in the ledger go by these clocks; order does not. */
export function judgeClock(service: string, { skewMs, uncertaintyMs }: ClockState): Finding {
  const certain = Math.max(0, Math.abs(skewMs) - uncertaintyMs);
  if (certain <= MOST_SKEW_MS) return ok('clock', service, '');
  const word = skewMs > 0 ? 'ahead of' : 'behind';
  return wrong(
    'failing',
    'clock',
    service,
    `its clock is ${spanText(Math.abs(skewMs))} ${word} the database's: what it records bears wrong times, and its deadlines come at the wrong moment (order is not affected)`,
    `set the clock of its machine, or of the database's when all services say the same (timedatectl, chronyc tracking)`,
  );
}

/** A topic with messages that bear a time yet to come: whoever sent them has a clock that is ahead. */
export function judgeFuture(topics: readonly string[], aheadMs: number): Finding[] {
  if (topics.length === 0) return [ok('clock', 'topics', '')];
  return topics.map((topic) =>
    wrong(
      'failing',
      'clock',
      topic,
      `holds messages from more than ${spanText(aheadMs)} in the future: the clock of who sends them, or of this service, is wrong`,
      'see which service has a wrong clock above; of an upstream publisher: tell its team',
    ),
  );
}

/** `1.5 s`, `12 min`, `3 h`, `30 d` */
export function spanText(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${Number((ms / 1_000).toFixed(1))} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return ms < 172_800_000 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / 86_400_000)} d`;
}
