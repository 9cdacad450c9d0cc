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
import { plainArray } from './packed-bytes';

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
/** Fails when the seat is another's, so that what was started together with it does nothing and locks nothing. */
const CLAIM = `with held as (select epoch from seat where epoch = $2 for share),
  sits as (select 1 / count(*) as here from held),
  fresh as (insert into inbox(id) select unnest($1::uuid[]) from sits where here = 1 on conflict do nothing returning id)
  select fresh.id from sits left join fresh on true`;
const DIVISION_BY_ZERO = '22012';
const WHO = 'select epoch, holder from seat';
const GIVE_UP = `update seat set expires_at = '-infinity' where epoch = $1`;

/** Whose a seat is or was. */
export interface Sitting {
  readonly epoch: string;
  readonly holder: string;
}

/** What the holder of a seat wants to write, and of which sequences. */
export interface Attempt {
  readonly tried: 'act' | 'decide' | 'report' | 'take';
  readonly sequenceIds: readonly string[];
}

/** Another process sits there now: this one must not write any more. */
export class SeatTaken extends Error {
  override readonly name = 'SeatTaken';
  constructor(
    message: string,
    readonly attempt: Attempt,
    readonly refused: Sitting | null,
    /** Who sits there; null: the database could not say. */
    readonly current: Sitting | null,
  ) {
    super(message);
  }
}

export interface SeatOptions {
  readonly database: Database;
  newId(): string;
  /** Told once when another has taken it; whoever is refused waits for it before it hears of its refusal. */
  onTaken(error: SeatTaken): unknown;
  /** Told while another sits there, once. */
  onWaiting(): void;
}

export class Seat {
  private readonly holder: string;
  private epoch: string | null = null;
  private settled = false;
  private over = false;
  private timer: NodeJS.Timeout | null = null;
  /** When its renewal that went well was asked for, monotonic milliseconds. */
  private renewedAt = -Infinity;
  private refusal: Promise<SeatTaken> | null = null;
  private readonly first: (() => Promise<void>)[] = [];

  constructor(private readonly options: SeatOptions) {
    this.holder = options.newId();
  }

  /** What has to be done once it is this process's, before it is held; in the order given. */
  onTake(work: () => Promise<void>): void {
    this.first.push(work);
  }

  /**
   * Resolves once it is this process's: true; false when {@link giveUp} came first. Tries on while the database is away.
   * @param settle what has to be done with it before anything else is: until then {@link isHeld} is false
   */
  async take(settle: () => Promise<void> = () => Promise.resolve()): Promise<boolean> {
    for (let isFirst = true; !this.over; isFirst = false) {
      this.epoch = await this.tryToTake();
      // It was told to give up while it asked: what it was given meanwhile is free for the next at once.
      if (this.over) return this.giveUp().then(never, never);
      if (this.epoch !== null) {
        this.renewLater();
        await settle();
        for (const work of this.first) await work();
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

  /** False once it may be another's, by this process's monotonic clock: it stood still, or its database is away. */
  isFresh(): boolean {
    return !this.over && performance.now() - this.renewedAt < SEAT_MS;
  }

  /** For every transaction that writes without an inbox. Throws {@link SeatTaken} when it is another's; nothing of the transaction may stay then. */
  async mustHold(tx: Tx, attempt: Attempt = ANYTHING): Promise<void> {
    const rows = this.epoch === null ? [] : await tx.query(HOLD, [this.epoch], 'seat-hold');
    if (rows.length === 0) throw await this.refused(attempt);
  }

  /**
   * {@link mustHold}, and claims message ids in the inbox: one statement for both, since every batch needs them. Returns those that were
   * not there before; an id given twice counts once. Ids are UUIDs. Statements that are started together with it, after it, do nothing when it fails.
   */
  async claimInbox(tx: Tx, ids: readonly string[], attempt: Attempt = ANYTHING): Promise<Set<string>> {
    if (this.epoch === null) throw await this.refused(attempt);
    try {
      const rows = await tx.query<{ id: string | null }>(CLAIM, [plainArray(ids), this.epoch], 'seat-claim-inbox');
      return new Set(rows.flatMap(({ id }) => id ?? []));
    } catch (error) {
      throw (error as { code?: unknown }).code === DIVISION_BY_ZERO ? await this.refused(attempt) : error;
    }
  }

  /** Free for the next at once. */
  async giveUp(): Promise<void> {
    this.over = true;
    if (this.timer) clearTimeout(this.timer);
    if (this.epoch !== null) await this.options.database.query(GIVE_UP, [this.epoch], 'seat-give-up');
  }

  private async tryToTake(): Promise<string | null> {
    const asked = performance.now();
    try {
      const rows = await this.options.database.query<{ epoch: string }>(TAKE, [this.holder, SEAT_MS], 'seat-take');
      if (rows[0]) this.renewedAt = asked;
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
    const asked = performance.now();
    const rows = await database.query(RENEW, [this.epoch, SEAT_MS], 'seat-renew').catch(() => null);
    if (this.over) return;
    if (rows?.length === 0) return void (await this.refused(ANYTHING));
    if (rows) this.renewedAt = asked;
    this.renewLater();
  }

  /** Told once, however many are refused at the same time. */
  private refused(attempt: Attempt): Promise<SeatTaken> {
    this.refusal ??= this.tellTaken(attempt);
    return this.refusal;
  }

  private async tellTaken(attempt: Attempt): Promise<SeatTaken> {
    const refused = this.epoch === null ? null : { epoch: this.epoch, holder: this.holder };
    const current = await this.options.database.query<Sitting>(WHO, [], 'seat-who').catch(() => []);
    const message = `epoch ${this.epoch ?? 'none'} is over: another process of this service has taken its place`;
    const error = new SeatTaken(message, attempt, refused, current[0] ?? null);
    const isTold = refused !== null && !this.over;
    this.over = true;
    if (isTold) await this.options.onTaken(error);
    return error;
  }
}

// A database that is away frees it by itself.
const never = (): false => false;
const ANYTHING: Attempt = { tried: 'act', sequenceIds: [] };
