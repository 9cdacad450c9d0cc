import { DatabaseError, type Database, type TransactionOptions, type Tx } from '@causeway/persistence';
import type { Call } from '../calls';
import { callOut, faultOf, type Begun, type Ground } from '../ports';
import { never, type SimProcess } from '../process';
import { Blocked, Tables, Transaction, UniqueViolation } from './tables';
import type { Statement } from './known';
import { nameOf, statementFor } from './statements';

const IDLE_IN_TRANSACTION_MS = 5_000;
const MAX_TRIES = 5;
const SLOW_MS = 3_000;

const lostConnection = (during: boolean): DatabaseError =>
  new DatabaseError('connection terminated', '08006', true, during, undefined);
const away = (): DatabaseError => new DatabaseError('connection refused', 'ECONNREFUSED', true, false, undefined);
const deadlock = (): DatabaseError => new DatabaseError('deadlock detected', '40P01', true, false, undefined);
const idleTooLong = (): DatabaseError =>
  new DatabaseError('terminating connection due to idle-in-transaction timeout', '25P03', true, false, undefined);

/** One database schema. What is committed outlives every process. */
export class SimSchema {
  readonly tables = new Tables();
  /** Virtual milliseconds until which nobody gets a connection. */
  awayUntil = 0;

  constructor(readonly ground: Ground) {}

  /** A process's connection to it. */
  open(process: SimProcess): Database {
    return new SimDatabase(this, process);
  }

  isAway(): boolean {
    const { time, faults, dice } = this.ground;
    if (faults.strikes('database-away')) this.awayUntil = time.now + dice.between(500, 12_000);
    return time.now < this.awayUntil;
  }
}

/** What persistence's own database promises, on tables in memory, with the failures that Postgres has. */
class SimDatabase implements Database {
  readonly dataSource = undefined as never;
  private readonly doubters: (() => void)[] = [];

  constructor(
    private readonly schema: SimSchema,
    private readonly process: SimProcess,
  ) {}

  /** A statement alone is a transaction of its own. */
  async query<R>(sql: string, params: readonly unknown[] = [], name?: string): Promise<R[]> {
    const session = new Session(this.schema, this.process);
    const rows = await session.query<R>(sql, params, name, true);
    return rows;
  }

  async transaction<T>(fn: (tx: Tx) => Promise<T>, { safeToRepeat = false }: TransactionOptions = {}): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.once(fn);
      } catch (error) {
        if (!(safeToRepeat && tries < MAX_TRIES && error instanceof DatabaseError && error.retriable)) throw error;
        const pauseMs = 50 * 2 ** tries * this.schema.ground.dice.between(0.5, 1.5);
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
  }

  isHealthy(): Promise<boolean> {
    return Promise.resolve(true);
  }

  onCommitInDoubt(listener: () => void): void {
    this.doubters.push(listener);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private async once<T>(fn: (tx: Tx) => Promise<T>): Promise<T> {
    const session = new Session(this.schema, this.process);
    await session.begin();
    try {
      const value = await fn({ query: (sql, params, name) => session.query(sql, params, name, false) });
      await session.commit();
      return value;
    } catch (error) {
      session.rollback();
      if (error instanceof DatabaseError && error.outcomeUnknown) this.doubters.forEach((tell) => tell());
      throw error;
    }
  }
}

class Session {
  private readonly tx: Transaction;
  private failed: Error | null = null;
  private begun: Call | null = null;
  private label = 'nothing';
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly schema: SimSchema,
    private readonly process: SimProcess,
  ) {
    this.tx = new Transaction(schema.tables);
    this.tx.afterwards(process.onDeath(() => this.tx.rollback()));
  }

  begin(): Promise<void> {
    return this.call('begin', this.label, ({ call, twin }) => {
      this.begun = call;
      if (this.schema.isAway() || twin) throw away();
      this.tx.activeAt = this.schema.ground.time.now;
    });
  }

  /** Statements started together run in the order they were started; after a failed one the others do nothing. */
  query<R>(sql: string, params: readonly unknown[] = [], name: string | undefined, alone: boolean): Promise<R[]> {
    const known = nameOf(sql, name);
    const turn = this.last.then(() => this.run<R>({ known, run: statementFor(sql, name), params, alone }));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  commit(): Promise<void> {
    const { ground } = this.schema;
    return this.call('commit', this.label, ({ twin }) => {
      if (this.failed) throw this.failed;
      if (this.tx.isOver) throw idleTooLong();
      const fault = this.schema.isAway()
        ? 'commit-lost'
        : faultOf(ground, twin, 'commit-lost', 'commit-done-answer-lost');
      if (fault === 'commit-lost') this.tx.rollback();
      else this.tx.commit();
      if (fault) throw lostConnection(true);
    });
  }

  rollback(): void {
    this.tx.rollback();
  }

  private async run<R>(asked: Asked): Promise<R[]> {
    this.named(asked);
    for (;;) {
      const result = await this.call('statement', asked.known, (begun) => this.attempt(asked, begun));
      if (!(result instanceof Blocked)) return result as R[];
      await this.untilFree(result.by);
    }
  }

  /** A transaction is known by its first statement. */
  private named({ known }: Asked): void {
    if (this.label !== 'nothing') return;
    this.label = known;
    if (this.begun) this.begun.of = known;
  }

  private attempt({ run, params, alone }: Asked, { twin }: Begun): unknown[] | Blocked {
    const { faults, time } = this.schema.ground;
    if (this.failed) throw this.failed;
    if (this.tx.isOver) throw this.fail(idleTooLong());
    if (this.schema.isAway()) throw this.fail(away());
    const fault = twin === 'not-done' ? 'statement-lost' : faults.oneOf('statement-lost', 'deadlock');
    if (fault) throw this.fail(fault === 'deadlock' ? deadlock() : lostConnection(false));
    this.tx.activeAt = time.now;
    try {
      const rows = this.tx.statement((tx) => run(tx, params, this.schema.ground));
      if (alone) this.tx.commit();
      if (twin === 'done' || faults.strikes('answer-of-statement-lost')) throw this.fail(lostConnection(false));
      return rows;
    } catch (error) {
      if (error instanceof Blocked && this.closesCircle(error.by)) throw this.fail(deadlock());
      if (error instanceof Blocked) {
        // Known to the others from here on, not only when this process hears of it: else two could wait for each other unseen.
        this.tx.waitsFor = error.by;
        return error;
      }
      if (error instanceof UniqueViolation)
        throw this.fail(new DatabaseError(error.message, '23505', false, false, error));
      throw this.fail(error as Error);
    }
  }

  private fail(error: Error): Error {
    this.failed = error;
    this.tx.rollback();
    return error;
  }

  private closesCircle(by: Transaction): boolean {
    for (let next: Transaction | null = by; next; next = next.waitsFor) if (next === this.tx) return true;
    return false;
  }

  /** Until who holds the row ends; who idles for too long with it is thrown out by the server. */
  private untilFree(by: Transaction): Promise<void> {
    const { time } = this.schema.ground;
    if (by.isOver) {
      this.tx.waitsFor = null;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const go = (): void => {
        this.tx.waitsFor = null;
        time.schedule(0, this.process, resolve);
      };
      by.afterwards(go);
      const check = (): void => {
        if (by.isOver) return;
        const idleMs = time.now - by.activeAt;
        if (idleMs >= IDLE_IN_TRANSACTION_MS && !by.waitsFor) by.rollback();
        else time.schedule(Math.max(10, IDLE_IN_TRANSACTION_MS - idleMs), null, check);
      };
      check();
    });
  }

  private call<T>(kind: string, of: string, act: (begun: Begun) => T): Promise<T> {
    const { ground } = this.schema;
    if (!this.process.alive) return never();
    const slow = ground.faults.strikes('statement-slow') ? ground.dice.between(100, SLOW_MS) : 0;
    return callOut(ground, { process: this.process, kind, of }, ground.dice.between(0.2, 2) + slow, act);
  }
}

/** One statement as it was asked for. */
interface Asked {
  readonly known: string;
  readonly run: Statement;
  readonly params: readonly unknown[];
  /** A transaction of its own. */
  readonly alone: boolean;
}
