import { createHash } from 'node:crypto';
import type { Tx } from './database';

/** A step of a schema, never changed once it was released: a change is a new step. */
export interface Migration {
  /** Ends up in error messages and in the table; unique within the schema. */
  readonly name: string;
  readonly sql: string;
}

/**
 * Applied in the order of the list. The version of a schema is how many steps it has had; each is recorded with a digest, so
 * a step that was edited afterwards is noticed.
 */
export const schemaVersion = (migrations: readonly Migration[]): number => migrations.length;

/** One lock for all schemas of a database: migrations are rare, and `create schema` itself races. */
const LOCK = 7_205_311_842_003;

const TABLE = `create table if not exists schema_version (
  version int primary key, name text not null unique, digest text not null, applied_at timestamptz not null default now())`;

/** Brings the schema to the end of the list, alone. Runs in the caller's transaction: all steps or none. */
export async function migrate(tx: Tx, schema: string, migrations: readonly Migration[]): Promise<number> {
  await tx.query('select pg_advisory_xact_lock($1)', [LOCK]);
  await tx.query(`create schema if not exists ${schema}`);
  await tx.query(TABLE);
  const done = await applied(tx);
  refuseForeign(schema, migrations, done);
  for (const [i, migration] of migrations.entries()) {
    if (i < done.length) continue;
    await tx.query(migration.sql).catch((error: Error) => {
      throw new Error(`migration ${i + 1} (${migration.name}) of schema ${schema} failed: ${error.message}`, {
        cause: error,
      });
    });
    await tx.query('insert into schema_version(version, name, digest) values ($1, $2, $3)', [
      i + 1,
      migration.name,
      digestOf(migration),
    ]);
  }
  return migrations.length - done.length;
}

/** Throws unless the schema is exactly at the end of the list. */
export async function mustBeCurrent(tx: Tx, schema: string, migrations: readonly Migration[]): Promise<void> {
  const done = (await appliedIn(tx, schema)) ?? [];
  refuseForeign(schema, migrations, done);
  if (done.length < migrations.length) {
    throw new Error(
      `schema ${schema} is at version ${done.length}, this release needs ${migrations.length}: run its migrations first`,
    );
  }
}

/** The steps that a schema had, in order; null: it was never migrated, or is not there. */
export async function appliedIn(tx: Tx, schema: string): Promise<AppliedRow[] | null> {
  const [found] = await tx.query<{ there: string | null }>('select to_regclass($1)::text as there', [
    `${schema}.schema_version`,
  ]);
  return found?.there ? applied(tx) : null;
}

interface AppliedRow {
  readonly version: number;
  readonly name: string;
  readonly digest: string;
}

const applied = (tx: Tx): Promise<AppliedRow[]> =>
  tx.query<AppliedRow>('select version, name, digest from schema_version order by version');

function refuseForeign(schema: string, migrations: readonly Migration[], done: readonly AppliedRow[]): void {
  if (done.length > migrations.length) {
    throw new Error(
      `schema ${schema} is at version ${done.length}, newer than this release (${migrations.length}): start a newer release`,
    );
  }
  for (const [i, row] of done.entries()) {
    const ours = migrations[i] as Migration;
    if (row.name === ours.name && row.digest === digestOf(ours)) continue;
    throw new Error(
      `schema ${schema}: version ${row.version} was made by "${row.name}", this release has another "${ours.name}" there`,
    );
  }
}

export const digestOf = ({ sql }: Migration): string => createHash('sha256').update(sql).digest('hex').slice(0, 32);
