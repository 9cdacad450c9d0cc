import type { Migration } from '@causeway/persistence';

/**
 * - `observing` how far each target has been followed, and who follows it: one holder of a lease at a time. `told_to` is the observer's
 *   instant up to which coverage has been told
 * - `observed` which mutations were sent: a row goes in with its message, so none is sent twice
 */
export const observingMigration: Migration = {
  name: 'observing',
  sql: `
    create table observing (target text primary key, holder uuid not null, cursor jsonb, told_to text);
    create table observed (
      target text not null, source_id text not null, seen_at timestamptz not null default clock_timestamp(),
      primary key (target, source_id)
    );`,
};
