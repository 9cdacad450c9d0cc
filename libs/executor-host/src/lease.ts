import type { Database } from '@causeway/persistence';

/** How long a process may be silent before others take its claims over, milliseconds, by the database's clock. */
export const LEASE_MS = 5_000;
/** Ended this much before its end, as this process's monotonic clock sees it: the request itself took time. */
const SPARE_MS = 500;

export interface LeaseDeps {
  readonly database: Database;
  newId(): string;
  /** Milliseconds, never going back. */
  monotonic(): number;
}

const REGISTER = `insert into workers(holder, expires_at) values ($1, clock_timestamp() + $2 * interval '1 millisecond')`;
const RENEW = `update workers set expires_at = clock_timestamp() + $2 * interval '1 millisecond'
  where holder = $1 and not lost returning holder`;
const GIVE_UP = `update workers set expires_at = '-infinity', lost = true where holder = $1`;
const DECLARE_LOST =
  'update workers set lost = true where not lost and expires_at < clock_timestamp() and holder <> $1';
const FORGET = `delete from workers where lost and not exists (select from open_claims where open_claims.holder = workers.holder)`;

/**
 * The lease of this process on all its claims. A claim names its holder, so one small write a second keeps thousands.
 *
 * 1. Whether it has run out is judged by the database's clock alone; a wrong clock here cannot shorten another's lease.
 * 2. This process stops beginning anything before the lease can have run out, by its monotonic clock.
 * 3. A lease once declared lost never comes back: the process goes on under a new holder, and its old claims are others'.
 */
export class Lease {
  private current: string;
  private validUntil = -Infinity;

  constructor(private readonly deps: LeaseDeps) {
    this.current = deps.newId();
  }

  get holder(): string {
    return this.current;
  }

  /** Whether something new may begin under it now. */
  isValid(): boolean {
    return this.deps.monotonic() < this.validUntil - SPARE_MS;
  }

  /** Whether what was taken under this holder may still be written: it is this lease, not one that followed it, and it is valid. */
  stands(holder: string): boolean {
    return holder === this.current && this.isValid();
  }

  async register(): Promise<void> {
    const asked = this.deps.monotonic();
    await this.deps.database.query(REGISTER, [this.current, LEASE_MS]);
    this.validUntil = asked + LEASE_MS;
  }

  /** False when others had declared it lost; it is then registered anew under another holder. */
  async renew(): Promise<boolean> {
    const asked = this.deps.monotonic();
    const rows = await this.deps.database.query(RENEW, [this.current, LEASE_MS], 'lease-renew');
    if (rows.length > 0) {
      this.validUntil = asked + LEASE_MS;
      return true;
    }
    this.validUntil = -Infinity;
    this.current = this.deps.newId();
    await this.register();
    return false;
  }

  /** Declares the leases lost that have run out, and forgets those that nothing hangs on any more. */
  async declareLost(): Promise<void> {
    await this.deps.database.query(DECLARE_LOST, [this.current], 'lease-declare-lost');
    await this.deps.database.query(FORGET, [], 'lease-forget');
  }

  /** What is still held is free for others at once. */
  async giveUp(): Promise<void> {
    this.validUntil = -Infinity;
    await this.deps.database.query(GIVE_UP, [this.current]);
  }
}
