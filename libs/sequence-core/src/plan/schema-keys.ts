import type { Path } from './pointer';

/** The part of a zod schema's definition that says what can stand where. */
interface Def {
  readonly shape?: Readonly<Record<string, unknown>>;
  readonly element?: unknown;
  readonly innerType?: unknown;
  readonly valueType?: unknown;
  readonly keyType?: unknown;
  readonly entries?: Readonly<Record<string, unknown>>;
  readonly options?: readonly unknown[];
  readonly discriminator?: string;
  readonly values?: readonly unknown[];
}

const defOf = (schema: unknown): Def => (schema as { def?: Def } | undefined)?.def ?? {};

/** Keys that a schema knows at a path of a document. Where the schema has alternatives, the one that the document chose speaks. */
export function keysAt(schema: unknown, document: unknown, path: Path): string[] {
  let value = document;
  let at = alternatives(schema, value);
  for (const part of path) {
    value = (value as Record<PropertyKey, unknown> | null | undefined)?.[part];
    at = at.flatMap((one) => alternatives(childOf(defOf(one), part), value));
  }
  return [...new Set(at.flatMap((one) => keysOf(defOf(one))))];
}

const keysOf = (def: Def): string[] => Object.keys(def.shape ?? defOf(def.keyType).entries ?? {});

function childOf({ shape, element, valueType }: Def, part: PropertyKey): unknown {
  return shape && Object.hasOwn(shape, String(part)) ? shape[String(part)] : (element ?? valueType);
}

/** The schema without its wrappers (default, optional); of a union its branches, or the one that the value names. */
function alternatives(schema: unknown, value: unknown): unknown[] {
  const def = defOf(schema);
  if (def.innerType !== undefined) return alternatives(def.innerType, value);
  if (!def.options) return schema === undefined ? [] : [schema];
  const named = def.discriminator === undefined ? undefined : def.options.filter((one) => names(one, def, value));
  return (named?.length ? named : def.options).flatMap((one) => alternatives(one, value));
}

function names(option: unknown, { discriminator = '' }: Def, value: unknown): boolean {
  const wanted = defOf(defOf(option).shape?.[discriminator]).values ?? [];
  return wanted.includes((value as Record<string, unknown> | null | undefined)?.[discriminator]);
}
