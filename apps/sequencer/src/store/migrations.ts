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

/**
 * Streams of the targets, each fact with as much of its mutation as the fold needs; and by target the sequences that a mutation is
 * held against: the open ones by `sequence.targets`, the last ended ones by `target.ended`.
 */
export const targetsMigration: Migration = {
  name: 'targets',
  sql: `alter table sequence add column targets text[] not null default '{}';
    create index sequence_open on sequence (id) where status = 'open';
    create table target (
      name text primary key,
      ended uuid[] not null
    ) with (fillfactor = 50);
    create table target_fact (
      target text not null,
      version integer not null,
      body text not null,
      decided_at timestamptz not null default now(),
      primary key (target, version)
    )`,
};

/** The last turn of the one order in which conflict keys are decided on: its number is the expected version of all of them together. */
export const turnsMigration: Migration = {
  name: 'turns',
  sql: `create table turn (
      one boolean primary key default true check (one),
      last bigint not null
    ) with (fillfactor = 10);
    insert into turn (last) values (0)`,
};

/** The facts of one resource are found without reading those of all others of its target. */
export const resourcesMigration: Migration = {
  name: 'resources',
  sql: `alter table target_fact add column resource text;
    update target_fact set resource = body::json #>> '{mutation,resource}';
    alter table target_fact alter column resource set not null;
    create index target_fact_resource on target_fact (target, resource, version)`,
};
