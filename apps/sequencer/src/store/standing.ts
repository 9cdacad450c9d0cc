import type { Tx } from '@causeway/persistence';
import type { SequenceState } from '@causeway/sequence-core';
import { loadStates } from './stream-store';

/** The open sequences, as far as they are looked at, and what waits for the sequencer's clock. */
export interface Standing {
  readonly open: number;
  /** The ones that moved longest ago, by id. */
  readonly states: ReadonlyMap<string, SequenceState>;
  /** Open ones whose time to be looked at is over, and the oldest of those times, Unix milliseconds by the sequencer's clock. */
  readonly due: number;
  readonly dueSinceMs: number | null;
}

/** So many are looked into; each is replayed from its facts, within the time that a check has. */
const MOST = 500;

/** Only reads; for the self-check. */
export async function standing(tx: Tx): Promise<Standing> {
  const [counts] = await tx.query<Omit<Standing, 'states'>>(
    `select count(*)::int as open, count(look_at_ms)::int as due, min(look_at_ms)::float8 as "dueSinceMs"
     from sequence where status = 'open'`,
  );
  const rows = await tx.query<{ id: string }>(
    `select id from sequence where status = 'open' order by updated_at limit ${MOST}`,
  );
  const states = await loadStates(
    tx,
    rows.map(({ id }) => id),
  );
  return { open: 0, due: 0, dueSinceMs: null, ...counts, states };
}
