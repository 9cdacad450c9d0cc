/**
 * Tables in memory with what the stores rely on: uniqueness, row locks, read committed, rollback.
 *
 * 1. A statement sees what is committed and what its own transaction wrote.
 * 2. Who writes a row holds its lock until the end of the transaction; a second writer waits for it ({@link Blocked}).
 * 3. A statement is done wholly or not at all.
 */
export type Row = Readonly<Record<string, unknown>>;

/** The statement has to wait for another transaction. */
export class Blocked extends Error {
  constructor(readonly by: Transaction) {
    super('waits for a row lock');
  }
}

/** SQLSTATE 23505. */
export class UniqueViolation extends Error {
  constructor(readonly table: string) {
    super(`duplicate key value violates unique constraint of ${table}`);
  }
}

export class Tables {
  readonly committed = new Map<string, Map<string, Row>>();
  readonly locks = new Map<string, Transaction>();
  private readonly counters = new Map<string, number>();

  /** An identity column: numbers are not given back by a rollback. */
  nextId(table: string): number {
    const next = (this.counters.get(table) ?? 0) + 1;
    this.counters.set(table, next);
    return next;
  }

  rows(table: string): Map<string, Row> {
    const there = this.committed.get(table);
    if (there) return there;
    const made = new Map<string, Row>();
    this.committed.set(table, made);
    return made;
  }
}

type Overlay = Map<string, Map<string, Row | null>>;

const overlayOf = (overlay: Overlay, table: string): Map<string, Row | null> => {
  const there = overlay.get(table);
  if (there) return there;
  const made = new Map<string, Row | null>();
  overlay.set(table, made);
  return made;
};

export class Transaction {
  isOver = false;
  waitsFor: Transaction | null = null;
  /** Virtual milliseconds of its last statement. */
  activeAt = 0;
  private readonly written: Overlay = new Map();
  private staged: Overlay = new Map();
  private readonly held = new Set<string>();
  private readonly waiters: (() => void)[] = [];

  constructor(readonly tables: Tables) {}

  /** Runs one statement on it. Throws {@link Blocked} when it has to wait: then it has done nothing. */
  statement<T>(run: (tx: Transaction) => T): T {
    this.staged = new Map();
    const value = run(this);
    for (const [table, rows] of this.staged) {
      const all = overlayOf(this.written, table);
      for (const [key, row] of rows) all.set(key, row);
    }
    this.staged = new Map();
    return value;
  }

  get(table: string, key: string): Row | undefined {
    for (const overlay of [this.staged, this.written]) {
      const row = overlay.get(table)?.get(key);
      if (row !== undefined) return row ?? undefined;
    }
    return this.tables.rows(table).get(key);
  }

  /** All visible rows with their keys, in order of insertion. */
  all(table: string): [string, Row][] {
    const seen = new Map(this.tables.rows(table));
    for (const overlay of [this.written, this.staged]) {
      for (const [key, row] of overlay.get(table) ?? []) {
        if (row === null) seen.delete(key);
        else seen.set(key, row);
      }
    }
    return [...seen];
  }

  put(table: string, key: string, row: Row): void {
    this.lock(table, key);
    overlayOf(this.staged, table).set(key, row);
  }

  remove(table: string, key: string): void {
    this.lock(table, key);
    overlayOf(this.staged, table).set(key, null);
  }

  /** False when there is such a row already. */
  insertIfAbsent(table: string, key: string, row: Row): boolean {
    this.lock(table, key);
    if (this.get(table, key)) return false;
    overlayOf(this.staged, table).set(key, row);
    return true;
  }

  insert(table: string, key: string, row: Row): void {
    if (!this.insertIfAbsent(table, key, row)) throw new UniqueViolation(table);
  }

  commit(): void {
    for (const [table, rows] of this.written) {
      const all = this.tables.rows(table);
      for (const [key, row] of rows) {
        if (row === null) all.delete(key);
        else all.set(key, row);
      }
    }
    this.end();
  }

  rollback(): void {
    this.end();
  }

  /** Told when it is over. */
  afterwards(then: () => void): void {
    this.waiters.push(then);
  }

  private lock(table: string, key: string): void {
    const name = `${table}/${key}`;
    const holder = this.tables.locks.get(name);
    if (holder === this) return;
    if (holder) throw new Blocked(holder);
    this.tables.locks.set(name, this);
    this.held.add(name);
  }

  private end(): void {
    if (this.isOver) return;
    this.isOver = true;
    for (const name of this.held) this.tables.locks.delete(name);
    for (const then of this.waiters.splice(0)) then();
  }
}
