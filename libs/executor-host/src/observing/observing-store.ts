import type { Json } from '@causeway/executor-sdk';
import type { Database, Tx } from '@causeway/persistence';

/** Where the following of a target stands. */
export interface Standing {
  /** null: not begun. */
  readonly cursor: Json;
  /** RFC 3339; null exactly when `cursor` is. */
  readonly toldTo: string | null;
}

const SIT = `insert into observing(target, holder) values ($1, $2)
  on conflict (target) do update set holder = excluded.holder
  where observing.holder = excluded.holder or not exists (
    select from workers where workers.holder = observing.holder and not lost and expires_at > clock_timestamp())
  returning cursor, told_to as "toldTo"`;
const STILL = 'select from observing where target = $1 and holder = $2 for update';
const CLAIM = `insert into observed(target, source_id) select $1, unnest($2::text[]) on conflict do nothing
  returning source_id as "sourceId"`;
const MOVE = 'update observing set cursor = $2, told_to = $3 where target = $1';
const FORGET = `delete from observed where target = $1 and seen_at < clock_timestamp() - $2 * interval '1 day'
  and not (source_id = any($3::text[]))`;

/** How long a sent mutation is remembered after its observer last brought it, days. Far beyond the overlap of any two sweeps. */
const REMEMBERED_DAYS = 30;

/** Another process follows the target now. */
export class SeatLost extends Error {
  override readonly name = 'SeatLost';
}

export class ObservingStore {
  constructor(
    private readonly database: Database,
    private readonly target: string,
  ) {}

  /** Takes the target's one seat for a holder, or keeps it. null: another holder with a living lease has it. */
  async sit(holder: string): Promise<Standing | null> {
    const [row] = await this.database.query<Standing>(SIT, [this.target, holder]);
    return row ?? null;
  }

  /** One transaction by the holder of the seat. Throws {@link SeatLost} when it is another's by now. */
  asHolder<T>(holder: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.transaction(async (tx) => {
      if ((await tx.query(STILL, [this.target, holder])).length === 0)
        throw new SeatLost(`${this.target} is observed by another process`);
      return work(tx);
    });
  }

  /** Which of these mutations were never sent; they count as sent with this transaction. */
  async claim(tx: Tx, sourceIds: readonly string[]): Promise<Set<string>> {
    if (sourceIds.length === 0) return new Set();
    const rows = await tx.query<{ sourceId: string }>(CLAIM, [this.target, sourceIds]);
    await tx.query(FORGET, [this.target, REMEMBERED_DAYS, sourceIds]);
    return new Set(rows.map(({ sourceId }) => sourceId));
  }

  async move(tx: Tx, { cursor, toldTo }: Standing): Promise<void> {
    await tx.query(MOVE, [this.target, JSON.stringify(cursor), toldTo]);
  }
}
