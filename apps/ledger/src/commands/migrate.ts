import { openDatabase } from '@causeway/persistence';
import { readMigrateConfig } from '../config';
import { ledgerMigrations, SCHEMA } from '../store/migrations';
import { grantServiceRole, roleOf } from '../store/roles';

/** Tables by the owner, then the role of DATABASE_URL with its two rights. May run again at any time. */
export async function migrate(): Promise<number> {
  const { LEDGER_OWNER_URL, DATABASE_URL } = readMigrateConfig();
  await migrateLedger(LEDGER_OWNER_URL, DATABASE_URL);
  process.stdout.write(`schema ${SCHEMA} is ready; ${roleOf(DATABASE_URL).name} may insert and select, nothing else\n`);
  return 0;
}

export async function migrateLedger(ownerUrl: string, serviceUrl: string): Promise<void> {
  const database = await openDatabase({ url: ownerUrl, schema: SCHEMA, migrations: ledgerMigrations, poolSize: 1 });
  try {
    await grantServiceRole(database, roleOf(serviceUrl));
  } finally {
    await database.close();
  }
}
