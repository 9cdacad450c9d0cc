import { DatabaseError, type Database, type Tx } from '@causeway/persistence';
import { SCHEMA, TABLES } from './migrations';

/** A role that the service connects as. */
export interface ServiceRole {
  readonly name: string;
  readonly password: string;
}

/** The user of a connection URL. Throws when it names none. */
export function roleOf(databaseUrl: string): ServiceRole {
  const { username, password } = new URL(databaseUrl);
  if (!username) throw new Error('DATABASE_URL names no user: give the role that the ledger is to run as');
  return { name: decodeURIComponent(username), password: decodeURIComponent(password) };
}

/** Unique violation, duplicate object, and a row of a catalog changed by two at once. */
const MEANWHILE: readonly (string | null)[] = ['23505', '42710', 'XX000'];
const MAX_TRIES = 10;

/**
 * Makes the role if it is missing and leaves it exactly two rights: to read the ledger's tables and to insert into them. Runs as
 * the owner, may run again, and several may run at once: a role belongs to all databases of the server, and no lock of one
 * database keeps others from making it.
 */
export async function grantServiceRole(database: Database, role: ServiceRole): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await database.transaction((tx) => grantIn(tx, role));
    } catch (error) {
      const meanwhile = error instanceof DatabaseError && MEANWHILE.includes(error.code);
      if (!meanwhile || tries === MAX_TRIES) throw error;
    }
  }
}

async function grantIn(tx: Tx, role: ServiceRole): Promise<void> {
  await mustNotBeOwner(tx, role);
  await makeRole(tx, role);
  const name = await quoted(tx, '%I', role.name);
  await tx.query(`revoke all on schema ${SCHEMA} from ${name}`);
  await tx.query(`revoke all on all tables in schema ${SCHEMA} from ${name}`);
  await tx.query(`grant usage on schema ${SCHEMA} to ${name}`);
  await tx.query(`grant select on ${SCHEMA}.schema_version to ${name}`);
  for (const table of TABLES) await tx.query(`grant select, insert on ${SCHEMA}.${table} to ${name}`);
}

async function mustNotBeOwner(tx: Tx, role: ServiceRole): Promise<void> {
  const [owner] = await tx.query<{ name: string }>('select current_user as name');
  if (owner?.name !== role.name) return;
  throw new Error(
    `DATABASE_URL and LEDGER_OWNER_URL both name ${role.name}: the service must not own its tables. ` +
      'Give DATABASE_URL another user; it is made here',
  );
}

async function makeRole(tx: Tx, { name, password }: ServiceRole): Promise<void> {
  const [found] = await tx.query('select 1 from pg_roles where rolname = $1', [name]);
  const [role, secret] = [await quoted(tx, '%I', name), await quoted(tx, '%L', password)];
  const rights = 'login nosuperuser nocreatedb nocreaterole noreplication nobypassrls';
  await tx.query(`${found ? 'alter' : 'create'} role ${role} with ${rights}${password ? ` password ${secret}` : ''}`);
}

async function quoted(tx: Tx, form: '%I' | '%L', text: string): Promise<string> {
  const [row] = await tx.query<{ text: string }>('select format($1, $2::text) as text', [form, text]);
  return (row as { text: string }).text;
}

/** What the connected role could do beside reading and inserting; empty as it should be. */
const EXCESS = `
  select t.name || ': ' || r.privilege as excess
  from unnest($1::text[]) as t(name)
  cross join unnest(array['UPDATE','DELETE','TRUNCATE','REFERENCES','TRIGGER']) as r(privilege)
  where has_table_privilege($2 || '.' || t.name, r.privilege)
  union all
  select 'schema: CREATE' where has_schema_privilege($2, 'CREATE')`;

/** `table: PRIVILEGE` of each; empty as it should be. */
export async function excessRights(tx: Tx): Promise<string[]> {
  const rows = await tx.query<{ excess: string }>(EXCESS, [[...TABLES], SCHEMA]);
  return rows.map(({ excess }) => excess);
}

/** Refuses to go on as a role that could change what is recorded. */
export async function mustOnlyInsertAndSelect(database: Database): Promise<void> {
  const excess = await excessRights(database);
  if (excess.length === 0) return;
  const [me] = await database.query<{ name: string }>('select current_user as name');
  throw new Error(
    `the role ${me?.name} of DATABASE_URL may do more than insert and select (${excess.join(', ')}): ` +
      'run the `migrate` command with LEDGER_OWNER_URL set and give DATABASE_URL the role it makes',
  );
}
