import { inboxMigration, outboxMigration, type Migration } from '@causeway/persistence';

/**
 * Schema `readiness_prober`. A probe that is over has no row, so the table is as large as what is being looked at now. A
 * step has at most one: the newest request for it replaces an older one, which nobody listens to any more.
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
];

export const SCHEMA = 'readiness_prober';
