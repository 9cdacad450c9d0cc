/** What the tables of this room say of how things stand. Only reads; for self-checks. */
import type { ClockState, OutboxState, SchemaState, SeatState } from '@causeway/self-check';
import type { Tx } from './database';
import { appliedIn, digestOf, type Migration } from './migrations';

export async function schemaState(tx: Tx, schema: string, migrations: readonly Migration[]): Promise<SchemaState> {
  const wanted = migrations.map((one) => ({ name: one.name, digest: digestOf(one) }));
  return { schema, wanted, applied: await appliedIn(tx, schema) };
}

const OUTBOX = `select count(*)::int as rows, (extract(epoch from clock_timestamp() - min(created_at)) * 1000)::float8 as "oldestMs",
  (select topic from outbox order by id limit 1) as topic from outbox`;

export async function outboxState(tx: Tx): Promise<OutboxState> {
  const [row] = await tx.query<OutboxState>(OUTBOX);
  return row ?? { rows: 0, oldestMs: null, topic: null };
}

const SEAT = `select holder::text as holder, epoch::text as epoch,
  case when isfinite(expires_at) then (extract(epoch from clock_timestamp() - expires_at) * 1000)::float8 end as "overMs" from seat`;

/** null: nobody ever sat there. */
export async function seatState(tx: Tx): Promise<SeatState | null> {
  const [row] = await tx.query<SeatState>(SEAT);
  return row ?? null;
}

const CLOCK_LOOKS = 3;

/** @param now ours, Unix milliseconds. The look with the shortest round trip counts. */
export async function clockState(tx: Tx, now: () => number): Promise<ClockState> {
  const looks: ClockState[] = [];
  for (let i = 0; i < CLOCK_LOOKS; i++) looks.push(await lookAtClock(tx, now));
  return looks.reduce((best, one) => (one.uncertaintyMs < best.uncertaintyMs ? one : best));
}

async function lookAtClock(tx: Tx, now: () => number): Promise<ClockState> {
  const before = performance.now();
  const ours = now();
  const [row] = await tx.query<{ ms: number }>('select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms');
  const uncertaintyMs = (performance.now() - before) / 2;
  return { skewMs: ours + uncertaintyMs - (row as { ms: number }).ms, uncertaintyMs };
}
