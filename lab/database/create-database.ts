import { Client, escapeIdentifier } from 'pg';

/** True when the server takes a session and answers. */
export async function databaseAnswers(url: string): Promise<boolean> {
  await query(url, 'select 1');
  return true;
}

/**
 * Makes a database of that name on the server of `url`, unless it is there, and gives its own address.
 * @param template an existing database that the new one starts as a copy of
 */
export async function createDatabase(url: string, name: string, template?: string): Promise<string> {
  const as = template === undefined ? '' : ` template ${escapeIdentifier(template)}`;
  await query(url, `create database ${escapeIdentifier(name)}${as}`).catch((error: unknown) => {
    if ((error as { code?: string }).code !== DUPLICATE_DATABASE) throw error;
  });
  const address = new URL(url);
  address.pathname = `/${encodeURIComponent(name)}`;
  return address.toString();
}

/** Removes a database, ending its sessions. */
export const dropDatabase = (url: string, name: string): Promise<void> =>
  query(url, `drop database if exists ${escapeIdentifier(name)} with (force)`);

const DUPLICATE_DATABASE = '42P04';

/** One statement on a session of its own. */
export async function query(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  // A lost connection also fails the call below; without a listener it would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(sql);
  } finally {
    await client.end().catch(() => undefined);
  }
}
