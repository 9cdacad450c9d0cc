import { keepsItsPages, outboxMigration, type Migration } from '@causeway/persistence';

/**
 * Tables of the console. All but `submission`, `operator_decision` and `outbox` are a projection of the ledger topic and can be made again from it. `projection`
 * has one row: its generation names the consumer group, so an emptied projection reads the topic from its start.
 */
const projectionMigration: Migration = {
  name: 'console-projection',
  sql: `
    create table projection (
      one boolean primary key default true check (one),
      generation uuid not null default gen_random_uuid(),
      next_index bigint not null default 0,
      shape integer not null default 0
    );
    insert into projection default values;

    create table entry (
      index bigint primary key,
      event_id uuid not null,
      type text not null,
      topic text not null,
      sequence_id uuid,
      step text,
      recorded_at timestamptz not null,
      leaf text not null
    );
    create index entry_of_sequence on entry (sequence_id, index) where sequence_id is not null;

    create table tree_node (
      level smallint not null,
      index bigint not null,
      hash bytea not null,
      primary key (level, index)
    );

    create table checkpoint (
      size bigint primary key,
      origin text not null,
      note text not null
    );

    create table export_header (
      one boolean primary key default true check (one),
      line text not null,
      note text not null
    );

    create table sequence (
      id uuid primary key,
      first_index bigint not null,
      status text not null,
      waiting_for text,
      waiting_since timestamptz,
      folded text not null
    ) with (fillfactor = 70);
    -- Both are rewritten or written often and read seldom: compressing them costs more than the space.
    alter table sequence alter column folded set storage external;
    alter table entry alter column leaf set storage external;
    create index sequence_newest on sequence (first_index);
    create index sequence_by_status on sequence (status, first_index);

    create table target_event (
      target text not null,
      index bigint not null,
      ordinal integer not null,
      body text not null,
      primary key (target, index, ordinal)
    );`,
};

const observationMigration: Migration = {
  name: 'console-observations',
  sql: `
    create table mutation (
      index bigint primary key,
      id uuid not null unique,
      target text not null,
      resource text not null,
      by text not null,
      happened_from timestamptz not null,
      happened_to timestamptz not null,
      observed_at timestamptz not null,
      recorded_at timestamptz not null,
      body text not null,
      -- Filled in by the classification, which comes after it.
      class text,
      class_index bigint,
      class_body text
    );
    create index mutation_of_target on mutation (target, index);
    create index mutation_seen on mutation (observed_at);
    create index mutation_happened on mutation (happened_to);

    create table coverage (
      target text not null,
      kind text not null,
      from_at timestamptz not null,
      to_at timestamptz not null,
      reason text,
      first_index bigint not null,
      last_index bigint not null,
      primary key (target, from_at)
    );

    -- Which targets a sequence is about, and when anything of it was last recorded.
    alter table sequence add column targets text[] not null default '{}', add column last_at timestamptz;`,
};

const submissionMigration: Migration = {
  name: 'console-submission',
  sql: `
    create table submission (
      key text primary key,
      body_digest text not null,
      sequence_id uuid not null unique,
      mode text not null,
      plan_digest text not null,
      plan text not null,
      requested_by text not null,
      requested_at timestamptz not null default now()
    )`,
};

const decisionMigration: Migration = {
  name: 'console-decisions',
  sql: `
    create table operator_decision (
      id uuid not null unique,
      sequence_id uuid not null,
      key text not null,
      body_digest text not null,
      verb text not null,
      accept uuid[] not null,
      reason text not null,
      decided_by text not null,
      submitted_at timestamptz not null,
      primary key (sequence_id, key)
    )`,
};

const settleMigration: Migration = {
  name: 'console-settlements',
  sql: 'alter table operator_decision add column settle jsonb',
};

const matchMigration: Migration = {
  name: 'console-matches',
  sql: `
    alter table mutation add column match_sequence uuid;
    create index mutation_matched on mutation (match_sequence, index) where match_sequence is not null;
    create index mutation_foreign on mutation (target, index) where by = 'other' or class = 'undeclared';
    create index mutation_of_class on mutation (class, index);
    create index mutation_counted on mutation (target, class, by);`,
};

const unprojectedMigration: Migration = {
  name: 'console-unprojected',
  sql: 'create table unprojected (index bigint primary key, type text not null, problem text not null)',
};

export const consoleMigrations: readonly Migration[] = [
  outboxMigration,
  projectionMigration,
  submissionMigration,
  observationMigration,
  decisionMigration,
  matchMigration,
  settleMigration,
  unprojectedMigration,
  keepsItsPages('outbox'),
];
