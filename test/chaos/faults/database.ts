import { setTimeout as pause } from 'node:timers/promises';
import { Client, escapeIdentifier } from 'pg';

async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  // A lost connection fails the calls too; without a listener it would end the run.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Ends every session on the run's database but our own, whatever it is in the middle of. Gives how many. */
export async function endSessions(url: string): Promise<number> {
  const client = await connected(url);
  try {
    const { rowCount } = await client.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    return rowCount ?? 0;
  } finally {
    await client.end();
  }
}

/** Holds a table that somebody else needs, as a paused client would. */
export async function holdLock(url: string, table: string, forMs: number): Promise<void> {
  const client = await connected(url);
  try {
    await client.query('begin');
    await client.query(`lock table ${table} in access exclusive mode`);
    await pause(forMs);
    await client.query('rollback');
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Takes every connection that the server still has to give, for a while. */
export async function exhaust(url: string, forMs: number): Promise<void> {
  const taken: Client[] = [];
  try {
    for (;;) taken.push(await connected(url));
  } catch {
    // That was the last one.
    await pause(forMs);
  } finally {
    await Promise.all(taken.map((client) => client.end().catch(() => undefined)));
  }
}

/** One role gets no connection for a while and loses those that it has; all others go on. */
export async function shutOut(url: string, role: string, forMs: number): Promise<void> {
  const client = await connected(url);
  try {
    await client.query(`alter role ${escapeIdentifier(role)} connection limit 0`);
    await client.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [role]);
    await pause(forMs);
  } finally {
    await client.query(`alter role ${escapeIdentifier(role)} connection limit -1`).finally(() => client.end());
  }
}
