import type { Migration } from '@causeway/persistence';

export const SCHEMA = 'ledger';

/** The tables that are never changed, only added to. The service may read and insert, and nothing else. */
const FIRST_TABLES = ['entry', 'head', 'duplicate', 'parked', 'waiting', 'writer', 'published'] as const;
export const TABLES = [...FIRST_TABLES, 'refusal', 'generation'] as const;

/**
 * Entries are stored as they are hashed, uncompressed: compressing 2 kB costs more than everything else about a row. Names
 * are compared byte by byte (collation "C").
 */
const tables = `
create table entry (
  index bigint primary key check (index >= 0),
  event_id uuid not null constraint entry_event unique,
  topic text collate "C" not null,
  partition int not null,
  "offset" bigint not null,
  type text collate "C" not null,
  sequence_id uuid,
  recorded_at timestamptz not null,
  leaf_hash bytea not null check (length(leaf_hash) = 32),
  bytes text not null,
  constraint entry_source unique (topic, partition, "offset")
) with (toast_tuple_target = 8160);
alter table entry alter column bytes set storage external;
comment on table entry is 'The log: one row an index, from 0 without gaps. bytes is the leaf, word for word';

create table head (
  size bigint primary key check (size > 0),
  root bytea not null check (length(root) = 32),
  frontier text[] not null,
  note text not null,
  epoch bigint not null,
  at timestamptz not null
);
comment on table head is 'The log after each batch: root, right edge of the tree and signed checkpoint';

create table duplicate (
  topic text collate "C" not null,
  partition int not null,
  "offset" bigint not null,
  event_id uuid not null,
  digest text not null,
  at timestamptz not null,
  primary key (topic, partition, "offset")
);
comment on table duplicate is 'Places whose event is in the log from another place';

create table parked (
  topic text collate "C" not null,
  partition int not null,
  "offset" bigint not null,
  reason text not null,
  digest text not null,
  at timestamptz not null,
  primary key (topic, partition, "offset")
);
comment on table parked is 'Places whose message was refused at the door; its dead letter is an entry';

create table waiting (
  topic text collate "C" not null,
  partition int not null,
  "offset" bigint not null,
  message json not null,
  at timestamptz not null,
  primary key (topic, partition, "offset")
);
comment on table waiting is 'Messages that waited long for a cause; over once their place is in entry or duplicate';

create table writer (
  epoch bigint primary key,
  holder text not null,
  at timestamptz not null default clock_timestamp()
);
comment on table writer is 'Who wrote since when; only the highest epoch may append';

create table published (
  size bigint primary key,
  at timestamptz not null default clock_timestamp()
);
comment on table published is 'Entries below size are on their topic';
`;

function lockOf(table: string): string {
  return `create trigger only_added_to before update or delete or truncate on ${table}
  for each statement execute function refuse_change();`;
}

/** The second lock: it also stops whoever owns the tables, unless he takes the trigger away first. */
const secondLock = `
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% on %.% is refused: the ledger is only ever added to', tg_op, tg_table_schema, tg_table_name
    using errcode = 'insufficient_privilege';
end $$;
${FIRST_TABLES.map(lockOf).join('\n')}
`;

const refusals = `
create table refusal (
  event_id uuid primary key,
  topic text not null,
  key text not null,
  signature text not null,
  value text not null,
  at timestamptz not null default clock_timestamp()
);
comment on table refusal is 'What writers that were replaced have left word of; sent by who writes now, and over once it is in entry';
${lockOf('refusal')}
`;

const generations = `
create table generation (
  topic text collate "C" not null,
  number int not null check (number >= 0),
  topic_id text not null,
  size bigint not null,
  at timestamptz not null default clock_timestamp(),
  primary key (topic, number),
  unique (topic, topic_id)
);
comment on table generation is 'Topics as they were made: offsets of generation n are noted as n * 10^12 + offset everywhere here';
${lockOf('generation')}
`;

export const ledgerMigrations: readonly Migration[] = [
  { name: 'tables', sql: tables },
  { name: 'second-lock', sql: secondLock },
  { name: 'refusals', sql: refusals },
  { name: 'generations', sql: generations },
];
