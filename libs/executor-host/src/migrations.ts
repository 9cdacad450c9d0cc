import { keepsItsPages, outboxMigration, type Migration } from '@causeway/persistence';
import { observingMigration } from './observing/migration';

/** No holder: a claim that was put back unstarted. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * - `claims` which attempts were ever taken: only grows, so the same attempt is taken once for ever
 * - `open_claims` taken and not answered; a row goes in the transaction that puts its result into the outbox
 * - `fences` the highest epoch seen of a sequence
 * - `workers` one lease a process; a claim is held by whoever holds the lease it names
 * - `recalled` what an executor remembers to be able to revert
 */
const claimsMigration: Migration = {
  name: 'claims',
  sql: `
    create table claims (
      sequence_id uuid not null, step text not null, attempt int not null, verb text not null,
      instance uuid not null,
      primary key (sequence_id, step, attempt, verb, instance)
    );
    create table open_claims (
      place bigint generated always as identity primary key,
      command_id uuid not null, sequence_id uuid not null, holder uuid not null,
      interrupted boolean not null default false, command bytea not null
    ) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);
    create table fences (sequence_id uuid primary key, epoch int not null);
    create table workers (holder uuid primary key, expires_at timestamptz not null, lost boolean not null default false);
    create table recalled (key text primary key, value jsonb not null, at timestamptz not null default clock_timestamp());`,
};

/** What a target said may hold U+0000: `json` keeps it as it was written, `jsonb` refuses it. */
const jsonMigration: Migration = {
  name: 'json-as-written',
  sql: `
    alter table recalled alter column value type json;
    alter table observing alter column cursor type json;`,
};

export const executorMigrations: readonly Migration[] = [
  outboxMigration,
  claimsMigration,
  observingMigration,
  jsonMigration,
  keepsItsPages('outbox'),
  keepsItsPages('open_claims'),
];
