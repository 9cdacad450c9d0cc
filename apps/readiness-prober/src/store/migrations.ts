import { inboxMigration, keepsItsPages, outboxMigration, type Migration } from '@causeway/persistence';

/**
 * Schema `readiness_prober`. What is over has no row, so the tables are as large as what is being looked at now. A step has
 * at most one probe: the newest request for it replaces an older one, which nobody listens to any more. What an earlier
 * process said last of a watch, `looked_until_ms` (Unix time), is where the next one begins.
 */
export const migrations: readonly Migration[] = [
  inboxMigration,
  outboxMigration,
  {
    name: 'open-probe',
    sql: `create table open_probe (
      sequence_id uuid not null, step text not null,
      probe_id uuid not null unique,
      epoch int not null, attempt int not null,
      correlation_id text not null, request jsonb not null,
      rounds int not null default 0,
      look_until timestamptz not null,
      primary key (sequence_id, step))`,
  },
  {
    name: 'open-watch',
    sql: `create table open_watch (
      watch_id uuid primary key,
      correlation_id text not null, request jsonb not null,
      ending boolean not null default false,
      looked_until_ms bigint,
      watch_until timestamptz not null)`,
  },
  keepsItsPages('outbox'),
  keepsItsPages('open_probe'),
];

export const SCHEMA = 'readiness_prober';
