import { ok, wrong, type Finding } from '../finding';

/** What a schema had, and what this release needs. */
export interface SchemaState {
  readonly schema: string;
  readonly wanted: readonly { readonly name: string; readonly digest: string }[];
  /** In order; null: there is no such schema, or it was never migrated. */
  readonly applied: readonly { readonly name: string; readonly digest: string }[] | null;
}

/** @param how what brings it up to date, as a command or an act */
export function judgeSchema({ schema, wanted, applied }: SchemaState, how: string): Finding {
  const bad = (what: string, remedy: string): Finding => wrong('failing', 'schema', schema, what, remedy);
  if (applied === null) return bad('was never made', how);
  const other = applied.findIndex((one, i) => wanted[i] && !isSame(one, wanted[i]));
  if (other >= 0)
    return bad(
      `version ${other + 1} was made by another "${applied[other]?.name}" than this release has there ("${wanted[other]?.name}")`,
      'two releases disagree: start the release that made it, or restore the database from before it',
    );
  if (applied.length > wanted.length)
    return bad(
      `is at version ${applied.length}, newer than this release (${wanted.length})`,
      'start the newer release; this one must not write there',
    );
  const missing = wanted.slice(applied.length).map(({ name }) => name);
  if (missing.length > 0)
    return bad(`is at version ${applied.length} of ${wanted.length}: ${missing.join(', ')} missing`, how);
  return ok('schema', schema, `${applied.length}/${wanted.length}`);
}

const isSame = (a: { name: string; digest: string }, b: { name: string; digest: string }): boolean =>
  a.name === b.name && a.digest === b.digest;
