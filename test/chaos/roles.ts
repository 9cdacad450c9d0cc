import { randomBytes } from 'node:crypto';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';

/** Address of the run's database by service, each as a role of its own that may make its schema in it. */
export type DatabaseUrls = Readonly<Record<string, string>>;

/** So that one service can be shut out while the others go on. The ledger has its role from its own `migrate`. */
export async function makeRoles(databaseUrl: string, services: readonly string[]): Promise<DatabaseUrls> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const made: [string, string][] = [];
    for (const service of services) made.push([service, await makeRole(client, databaseUrl, service)]);
    return Object.fromEntries(made);
  } finally {
    await client.end();
  }
}

async function makeRole(client: Client, databaseUrl: string, service: string): Promise<string> {
  const address = new URL(databaseUrl);
  const database = decodeURIComponent(address.pathname.slice(1));
  const role = `${database}_${service}`;
  const password = randomBytes(12).toString('hex');
  await client.query(`create role ${escapeIdentifier(role)} login password ${escapeLiteral(password)}`);
  await client.query(`grant create on database ${escapeIdentifier(database)} to ${escapeIdentifier(role)}`);
  address.username = role;
  address.password = password;
  return address.toString();
}

/** Once their database is gone they own nothing. */
export async function dropRoles(serverUrl: string, urls: DatabaseUrls): Promise<void> {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  try {
    for (const url of Object.values(urls)) await client.query(`drop role if exists ${escapeIdentifier(roleOf(url))}`);
  } finally {
    await client.end();
  }
}

export const roleOf = (url: string): string => decodeURIComponent(new URL(url).username);
