import { duration, durationMs } from '@causeway/contracts';
import { CliFailure, EXIT } from '../exit-codes';

/** Milliseconds of a duration as people write it. */
export function durationOf(text: string, flag: string): number {
  if (duration.safeParse(text).success) return durationMs(text);
  throw new CliFailure(EXIT.usage, `${flag} ${text}: must be a duration like 30s, 10m or 2h`);
}
