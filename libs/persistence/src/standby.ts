/**
 * Who of several processes is at work, for a service whose role may only insert and select and so cannot renew a row: a lock of one
 * session. It decides who tries, nothing more: what is safe rests on the epoch that every write names.
 *
 * 1. Who holds it says something every second. The server ends a session that is silent for {@link STANDBY_MS}, by its own clock, and the
 *    lock with it: a process that stands still loses it as surely as one that is dead.
 * 2. Who lost its session (a database that was away) goes on working and asks for the lock again: only a higher epoch ends it.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';

/** How long who is at work may be silent before another may take its place, milliseconds. */
export const STANDBY_MS = 5_000;
const SPEAK_EVERY_MS = 1_000;
const ASK_EVERY_MS = 500;
/** A server that does not answer at all is taken for one that is away. */
const ANSWER_WITHIN_MS = 3_000;

const TAKE = 'select pg_try_advisory_lock(hashtextextended($1, 0)) as taken';

export interface StandbyOptions {
  /** `postgres://user:password@host:port/database`; the lock is of this database. */
  readonly url: string;
  /** What is locked. */
  readonly name: string;
  /** Told once, while another is at work. */
  onWaiting(): void;
}

export class Standby {
  private client: Client | null = null;
  private held = false;
  private over = false;
  private speaking: Promise<void> = Promise.resolve();

  constructor(private readonly options: StandbyOptions) {}

  /** Resolves once it is this process's turn: true; false when {@link giveUp} came first. Tries on while the database is away. */
  async take(): Promise<boolean> {
    for (let isFirst = true; !this.over; isFirst = false) {
      if ((await this.hold()) && !this.over) {
        this.speaking = this.speak();
        return true;
      }
      if (isFirst) this.options.onWaiting();
      await pause(ASK_EVERY_MS);
    }
    return false;
  }

  /** Free for the next at once. */
  async giveUp(): Promise<void> {
    this.over = true;
    await this.leave();
    await this.speaking;
    // What was being opened meanwhile.
    await this.leave();
  }

  private async speak(): Promise<void> {
    while (!this.over) {
      await this.hold();
      await pause(this.held ? SPEAK_EVERY_MS : ASK_EVERY_MS);
    }
  }

  /** Asks for the lock, or says that it is still wanted. */
  private async hold(): Promise<boolean> {
    try {
      const session = this.client ?? (await this.connect());
      if (this.held) await session.query('select');
      else this.held = (await session.query<{ taken: boolean }>(TAKE, [this.options.name])).rows[0]?.taken ?? false;
    } catch {
      await this.leave();
    }
    return this.held;
  }

  private async connect(): Promise<Client> {
    const client = new Client({
      connectionString: this.options.url,
      options: `-c idle_session_timeout=${STANDBY_MS}`,
      keepAlive: true,
      connectionTimeoutMillis: ANSWER_WITHIN_MS,
      query_timeout: ANSWER_WITHIN_MS,
    });
    client.on('error', () => void this.leave());
    await client.connect();
    this.client = client;
    return client;
  }

  private async leave(): Promise<void> {
    const { client } = this;
    this.client = null;
    this.held = false;
    await Promise.race([client?.end().catch(() => undefined), pause(ANSWER_WITHIN_MS)]);
  }
}
