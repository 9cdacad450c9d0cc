/**
 * One place that only one process at a time may act from, for services that would disagree with themselves if there were two. What
 * must hold:
 *
 * 1. Whether it is free is judged by the database's clock alone.
 * 2. Who takes it gets a higher epoch. Every transaction of its holder asks for that epoch and locks the row: a taking waits for what
 *    is being committed, and what comes after it is refused ({@link SeatTaken}).
 * 3. A holder whose database was away keeps it, unless another has taken it meanwhile.
 */
import type { Database, Tx } from './database';
import { isRetriable } from './database-error';
import type { Migration } from './migrations';

/** How long a holder may be silent before another takes the seat, milliseconds. */
export const SEAT_MS = 5_000;
const RENEW_EVERY_MS = 1_000;
const ASK_EVERY_MS = 500;

export const seatMigration: Migration = {
  name: 'seat',
  sql: `create table seat (
      one boolean primary key default true check (one),
      holder uuid not null,
      epoch bigint not null,
      expires_at timestamptz not null
    ) with (fillfactor = 10)`,
};

const TAKE = `insert into seat(holder, epoch, expires_at)
  values ($1, 1, clock_timestamp() + $2 * interval '1 millisecond')
  on conflict (one) do update set holder = excluded.holder, epoch = seat.epoch + 1, expires_at = excluded.expires_at
  where seat.expires_at < clock_timestamp() or seat.holder = excluded.holder
  returning epoch`;
const RENEW = `update seat set expires_at = clock_timestamp() + $2 * interval '1 millisecond' where epoch = $1 returning epoch`;
const HOLD = 'select epoch from seat where epoch = $1 for share';
const GIVE_UP = `update seat set expires_at = '-infinity' where epoch = $1`;

/** Another process sits there now: this one must not write any more. */
export class SeatTaken extends Error {
  override readonly name = 'SeatTaken';
}

export interface SeatOptions {
  readonly database: Database;
  newId(): string;
  /** Told once when another has taken it. */
  onTaken(error: SeatTaken): void;
  /** Told while another sits there, once. */
  onWaiting(): void;
}

export class Seat {
  private readonly holder: string;
  private epoch: string | null = null;
  private settled = false;
  private over = false;
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly options: SeatOptions) {
    this.holder = options.newId();
  }

  /**
   * Resolves once it is this process's: true; false when {@link giveUp} came first. Tries on while the database is away.
   * @param settle what has to be done with it before anything else is: until then {@link isHeld} is false
   */
  async take(settle: () => Promise<void> = () => Promise.resolve()): Promise<boolean> {
    for (let isFirst = true; !this.over; isFirst = false) {
      this.epoch = await this.tryToTake();
      if (this.epoch !== null) {
        this.renewLater();
        await settle();
        this.settled = true;
        return true;
      }
      if (isFirst) this.options.onWaiting();
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
    }
    return false;
  }

  isHeld(): boolean {
    return this.settled && !this.over;
  }

  /** For every transaction that writes. Throws {@link SeatTaken} when it is another's; nothing of the transaction may stay then. */
  async mustHold(tx: Tx): Promise<void> {
    const rows = this.epoch === null ? [] : await tx.query(HOLD, [this.epoch], 'seat-hold');
    if (rows.length === 0) throw this.taken();
  }

  /** Free for the next at once. */
  async giveUp(): Promise<void> {
    this.over = true;
    if (this.timer) clearTimeout(this.timer);
    if (this.epoch !== null) await this.options.database.query(GIVE_UP, [this.epoch], 'seat-give-up');
  }

  private async tryToTake(): Promise<string | null> {
    try {
      const rows = await this.options.database.query<{ epoch: string }>(TAKE, [this.holder, SEAT_MS], 'seat-take');
      return rows[0]?.epoch ?? null;
    } catch (error) {
      if (!isRetriable(error)) throw error;
      return null;
    }
  }

  private renewLater(): void {
    this.timer = setTimeout(() => void this.renew(), RENEW_EVERY_MS);
  }

  private async renew(): Promise<void> {
    const { database } = this.options;
    const rows = await database.query(RENEW, [this.epoch, SEAT_MS], 'seat-renew').catch(() => null);
    if (this.over) return;
    if (rows?.length === 0) this.options.onTaken(this.taken());
    else this.renewLater();
  }

  private taken(): SeatTaken {
    return new SeatTaken(`epoch ${this.epoch ?? 'none'} is over: another process of this service has taken its place`);
  }
}
