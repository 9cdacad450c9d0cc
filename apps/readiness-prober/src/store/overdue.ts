import type { Tx } from '@causeway/persistence';
import { ok, spanText, wrong, type Finding } from '@causeway/self-check';

/** What is open, and what should have been closed. Times by the database's clock. */
export interface Looks {
  readonly probes: number;
  readonly watches: number;
  /** How long ago the most overdue one should have ended, milliseconds; null: none is open. Negative: none is overdue. */
  readonly overMs: number | null;
}

const LOOKS = `select (select count(*)::int from open_probe) as probes, (select count(*)::int from open_watch) as watches,
  (extract(epoch from clock_timestamp() - (select min(until) from (
    select look_until as until from open_probe union all select watch_until from open_watch) as open)) * 1000)::float8 as "overMs"`;

export async function openLooks(tx: Tx): Promise<Looks> {
  const [row] = await tx.query<Looks>(LOOKS);
  return row as Looks;
}

/** A look that is over is closed with its last report, within seconds. */
const LATE_MS = 30_000;

export const judgeLooks = ({ probes, watches, overMs }: Looks): Finding =>
  (overMs ?? 0) <= LATE_MS
    ? ok('looks', 'prober', `${probes} probes, ${watches} watches`)
    : wrong(
        'failing',
        'looks',
        'readiness-prober',
        `looks that should be over are open for ${spanText(overMs ?? 0)} more (${probes} probes, ${watches} watches): their gates stay closed`,
        'is a readiness-prober running? its log says why it cannot look or report; started again it takes them up',
      );
