import type { Tx } from '@causeway/persistence';

/** Who works at what, by the database's clock. Milliseconds. */
export interface ClaimsState {
  /** Leases that stand. */
  readonly living: number;
  /** Since the newest lease ran out or was given up in order (null); only of interest when none stands. */
  readonly lastHeardMs: number | null;
  /** Commands taken and not answered: under a lease that stands, and under none. */
  readonly held: number;
  readonly unheld: number;
  /** Since the oldest of each was ordered. */
  readonly oldestHeldMs: number | null;
  readonly oldestUnheldMs: number | null;
}

export interface ObservingState {
  readonly target: string;
  /** Whether a process with a standing lease follows it. */
  readonly followed: boolean;
  /** Since the instant up to which coverage was told, which is by the target's own clock; null: not begun. */
  readonly toldMs: number | null;
}

const LEASES = `select count(*) filter (where not lost and expires_at > clock_timestamp())::int as living,
  (extract(epoch from clock_timestamp() - max(expires_at) filter (where isfinite(expires_at))) * 1000)::float8 as "lastHeardMs" from workers`;

/** A command's id is a UUIDv7: its first 48 bits are when it was decided. */
const ORDERED_MS = `('x' || lpad(left(replace(command_id::text, '-', ''), 12), 16, '0'))::bit(64)::bigint`;
const CLAIMS = `with claim as (
    select exists (select from workers w where w.holder = c.holder and not w.lost and w.expires_at > clock_timestamp()) as held,
      extract(epoch from clock_timestamp()) * 1000 - ${ORDERED_MS} as age from open_claims c)
  select count(*) filter (where held)::int as held, count(*) filter (where not held)::int as unheld,
    max(age) filter (where held)::float8 as "oldestHeldMs", max(age) filter (where not held)::float8 as "oldestUnheldMs" from claim`;

const OBSERVING = `select o.target,
  exists (select from workers w where w.holder = o.holder and not w.lost and w.expires_at > clock_timestamp()) as followed,
  (extract(epoch from clock_timestamp() - o.told_to::timestamptz) * 1000)::float8 as "toldMs" from observing o order by o.target`;

export async function claimsState(tx: Tx): Promise<ClaimsState> {
  const [[leases], [claims]] = await Promise.all([
    tx.query<Pick<ClaimsState, 'living' | 'lastHeardMs'>>(LEASES),
    tx.query<Omit<ClaimsState, 'living' | 'lastHeardMs'>>(CLAIMS),
  ]);
  return { ...leases, ...claims } as ClaimsState;
}

export const observingState = (tx: Tx): Promise<ObservingState[]> => tx.query<ObservingState>(OBSERVING);
