import type { Migration } from '@causeway/persistence';

/**
 * Tables of the sequencer. A stream is the facts of one sequence by version; the primary key is the expected-version check:
 * two writers that both decided on version n cannot both append n + 1.
 */
export const streamsMigration: Migration = {
  name: 'streams',
  sql: `create table sequence (
      id uuid primary key,
      version integer not null,
      status text not null,
      look_at_ms bigint,
      updated_at timestamptz not null default now()
    ) with (fillfactor = 70);
    create index sequence_look_at on sequence (look_at_ms) where look_at_ms is not null;
    create table fact (
      sequence_id uuid not null,
      version integer not null,
      body text not null,
      decided_at timestamptz not null default now(),
      primary key (sequence_id, version)
    )`,
};
