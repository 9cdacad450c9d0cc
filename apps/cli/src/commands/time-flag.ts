import { duration, durationMs } from '@causeway/contracts';
import { CliFailure, EXIT } from '../exit-codes';

const DAY_MS = 86_400_000;
const FULL = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?$/;

/**
 * A moment as people write it, as RFC 3339: in full, as a time of day (the last one that was), or how long ago. What names no zone is UTC,
 * as everything in the ledger is, wherever the person sits.
 * @param nowMs Unix milliseconds
 */
export function momentOf(text: string, flag: string, nowMs: number): string {
  if (duration.safeParse(text).success) return new Date(nowMs - durationMs(text)).toISOString();
  if (/^\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z?$/.test(text)) {
    const today = new Date(nowMs).toISOString().slice(0, 10);
    const ms = Date.parse(`${today}T${text.replace('Z', '')}Z`);
    if (!Number.isNaN(ms)) return new Date(ms > nowMs ? ms - DAY_MS : ms).toISOString();
  }
  const [isFull, zone] = FULL.exec(text) ?? [];
  const ms = isFull ? Date.parse(zone === undefined ? `${text}Z` : text) : NaN;
  if (!Number.isNaN(ms)) return new Date(ms).toISOString();
  const forms = '2026-01-31T14:03:11Z, 14:03:11 (UTC), or how long ago like 10m';
  throw new CliFailure(EXIT.usage, `${flag} ${text}: must be a time like ${forms}`);
}
