import type { Migration } from './migrations';

/**
 * For a table whose rows live for a moment: vacuum makes room in its pages and gives none back.
 *
 * The plan of a statement is kept as long as its connection. Made right after a vacuum that left a few pages, it would read the whole
 * table, as that is cheapest then; and go on doing so when the rows of the next minute, gone or not, fill thousands. With as many pages
 * as it needs when there is much to do, every plan goes by the index.
 */
export const keepsItsPages = (table: string): Migration => ({
  name: `${table.replaceAll('_', '-')}-keeps-its-pages`,
  sql: `alter table ${table} set (vacuum_truncate = off)`,
});
