import type { Writable } from 'node:stream';
import type { Pool, PoolClient } from 'pg';
import { DataSource, type EntityTarget, type ObjectLiteral } from 'typeorm';
import { asDatabaseError, DatabaseError } from './database-error';
import { migrate, mustBeCurrent, type Migration } from './migrations';

export interface DatabaseOptions {
  /** `postgres://user:password@host:port/database` */
  readonly url: string;
  /** The app's own Postgres schema: `[a-z_]`, made when it is missing. */
  readonly schema: string;
  readonly migrations: readonly Migration[];
  /** Whether to bring the schema up to date here; false: refuse to start when it is not. Default true. */
  readonly migrate?: boolean;
  /** Default 5. */
  readonly poolSize?: number;
  /** Role that everything but the migrations runs as. It has to exist by the end of the migrations. */
  readonly role?: string;
  readonly entities?: readonly EntityTarget<ObjectLiteral>[];
  /** Told about connections that break while idle. */
  onIdleError?(error: Error): void;
}

/**
 * One transaction. `name` makes the statement a prepared one: for hot statements; one text a name. Statements that do not need
 * each other's rows are best started together (`Promise.all`): they share a round trip, run in the order they were started, and
 * after a failed one the others do nothing.
 */
export interface Tx {
  query<R = Record<string, unknown>>(sql: string, params?: readonly unknown[], name?: string): Promise<R[]>;
}

export interface TransactionOptions {
  /**
   * The function may be run again from its start after a failure that is worth it, even one whose commit may have happened:
   * it has to recognise its own repetition. At most 5 tries within about 2 s.
   */
  readonly safeToRepeat?: boolean;
}

export interface Database extends Tx {
  /** Commits what `fn` did, or nothing. Throws {@link DatabaseError} for the database's failures, `fn`'s own as they are. */
  transaction<T>(fn: (tx: Tx) => Promise<T>, options?: TransactionOptions): Promise<T>;
  isHealthy(): Promise<boolean>;
  /** Told, before the caller is, of each transaction whose commit may have happened although it failed. */
  onCommitInDoubt(listener: () => void): void;
  /** For entities and migrations outside the hot paths. */
  readonly dataSource: DataSource;
  close(): Promise<void>;
}

const TIMEOUTS_MS = { connect: 5_000, statement: 15_000, idleInTransaction: 5_000, lock: 5_000, query: 20_000 };
const MAX_TRIES = 5;
const READ_ONLY = '25006';
/** A long look must not keep the short ones waiting. */
const READER_CONNECTIONS = 3;

/** Connects, migrates or checks the schema. Throws with the schema's name and the remedy when it is not usable. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(options.schema)) throw new Error(`not a schema name: ${options.schema}`);
  if (options.role && !/^[a-z_][a-z0-9_]{0,62}$/.test(options.role))
    throw new Error(`not a role name: ${options.role}`);
  await prepareSchema(options);
  const source = await connect(options, options.poolSize ?? 5, { role: options.role });
  return new PooledDatabase(source);
}

/** Connections that can only read, in a schema as it is: nothing is migrated, nothing refused. For looking at it while it is ill. */
export interface Reader extends Tx {
  /** Everything in `fn` sees the same moment. */
  snapshot<T>(fn: (tx: Tx) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export async function openReader({ url, schema }: Pick<DatabaseOptions, 'url' | 'schema'>): Promise<Reader> {
  const source = await connect({ url, schema, migrations: [] }, READER_CONNECTIONS, { readOnly: true });
  return new PooledDatabase(source);
}

async function prepareSchema(options: DatabaseOptions): Promise<void> {
  const database = new PooledDatabase(await connect(options, 1));
  try {
    await database.transaction((tx) =>
      (options.migrate ?? true)
        ? migrate(tx, options.schema, options.migrations).then(() => undefined)
        : mustBeCurrent(tx, options.schema, options.migrations),
    );
  } finally {
    await database.close();
  }
}

interface SessionSettings {
  readonly role?: string;
  readonly readOnly?: boolean;
}

async function connect(
  options: DatabaseOptions,
  poolSize: number,
  { role, readOnly = false }: SessionSettings = {},
): Promise<DataSource> {
  const settings = [
    `-c search_path=${options.schema},public`,
    `-c idle_in_transaction_session_timeout=${TIMEOUTS_MS.idleInTransaction}`,
    `-c lock_timeout=${TIMEOUTS_MS.lock}`,
    ...(role ? [`-c role=${role}`] : []),
    ...(readOnly ? ['-c default_transaction_read_only=on'] : []),
  ];
  const source = new DataSource({
    type: 'postgres',
    url: options.url,
    schema: options.schema,
    synchronize: false,
    entities: [...(options.entities ?? [])] as never[],
    poolErrorHandler: (error: Error) => options.onIdleError?.(error),
    extra: {
      max: poolSize,
      options: settings.join(' '),
      keepAlive: true,
      // Statements of one transaction that are started together (Promise.all) go out in one round trip.
      pipeline: true,
      connectionTimeoutMillis: TIMEOUTS_MS.connect,
      statement_timeout: TIMEOUTS_MS.statement,
      query_timeout: TIMEOUTS_MS.query,
    },
  });
  try {
    return await source.initialize();
  } catch (error) {
    const wrapped = asDatabaseError(error, false);
    throw wrapped instanceof DatabaseError
      ? new DatabaseError(
          // A reader is no schema's: what is said of an absent server is the same for all.
          readOnly ? wrapped.message : `cannot open schema ${options.schema}: ${wrapped.message}`,
          wrapped.code,
          wrapped.retriable,
          false,
          error,
        )
      : error;
  }
}

class PooledDatabase implements Database, Reader {
  private readonly pool: Pool;
  private readonly doubters: (() => void)[] = [];

  constructor(readonly dataSource: DataSource) {
    this.pool = (dataSource.driver as unknown as { master: Pool }).master;
  }

  async query<R>(sql: string, params: readonly unknown[] = [], name?: string): Promise<R[]> {
    try {
      const result = await this.pool.query({ text: sql, values: [...params], name });
      return result.rows as R[];
    } catch (error) {
      throw asDatabaseError(error, false);
    }
  }

  async transaction<T>(fn: (tx: Tx) => Promise<T>, { safeToRepeat = false }: TransactionOptions = {}): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.once(fn);
      } catch (error) {
        const again = safeToRepeat && tries < MAX_TRIES && error instanceof DatabaseError && error.retriable;
        if (!again) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50 * 2 ** tries * (0.5 + Math.random())));
      }
    }
  }

  snapshot<T>(fn: (tx: Tx) => Promise<T>): Promise<T> {
    return this.transaction(async (tx) => {
      await tx.query('set transaction isolation level repeatable read, read only');
      return fn(tx);
    });
  }

  async isHealthy(): Promise<boolean> {
    return this.query('select 1').then(
      () => true,
      () => false,
    );
  }

  onCommitInDoubt(listener: () => void): void {
    this.doubters.push(listener);
  }

  close(): Promise<void> {
    return this.dataSource.isInitialized ? this.dataSource.destroy() : Promise.resolve();
  }

  private async once<T>(fn: (tx: Tx) => Promise<T>): Promise<T> {
    const session = await this.session();
    let committing = false;
    try {
      await session.client.query('begin');
      const value = await fn(session.tx);
      committing = true;
      await session.client.query('commit');
      session.release();
      return value;
    } catch (error) {
      await session.abandon(error, committing);
      const failure = asDatabaseError(error, committing);
      if (failure instanceof DatabaseError && failure.outcomeUnknown) this.doubters.forEach((tell) => tell());
      throw failure;
    }
  }

  private async session(): Promise<Session> {
    try {
      return new Session(await this.pool.connect());
    } catch (error) {
      throw asDatabaseError(error, false);
    }
  }
}

/** A connection held for one transaction, with a listener of its own: an unheard error event would end the process. */
class Session {
  private broken: Error | null = null;
  private readonly onError = (error: Error): void => {
    this.broken = error;
  };
  readonly tx: Tx = {
    query: async <R>(sql: string, params?: readonly unknown[], name?: string): Promise<R[]> => {
      this.gather();
      const result = await this.client.query({ text: sql, values: params as unknown[], name });
      return result.rows as R[];
    },
  };
  private gathering = false;

  constructor(readonly client: PoolClient) {
    client.on('error', this.onError);
  }

  /** What is started in the same turn is one write to the server. */
  private gather(): void {
    if (this.gathering) return;
    this.gathering = true;
    const { stream } = (this.client as unknown as { connection: { stream: Writable } }).connection;
    stream.cork();
    process.nextTick(() => {
      this.gathering = false;
      stream.uncork();
    });
  }

  release(destroy?: Error): void {
    this.client.removeListener('error', this.onError);
    this.client.release(destroy);
  }

  /** Rolls back; a connection whose state is not known for sure is thrown away, and one to a server that may only read any more. */
  async abandon(error: unknown, committing: boolean): Promise<void> {
    if (this.broken || committing || (error as { code?: unknown } | null)?.code === READ_ONLY)
      return this.release(this.broken ?? (error as Error));
    await this.client.query('rollback').then(
      () => this.release(),
      (failed: Error) => this.release(failed),
    );
  }
}
