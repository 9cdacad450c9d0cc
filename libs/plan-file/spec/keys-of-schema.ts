import { z } from 'zod';

/** A key that a document may have: `spec.steps[].ready.rung`; what must or may stand there. */
export interface Key {
  readonly path: string;
  /** `required`, the default as JSON, or `-`. */
  readonly absent: string;
  /** The closed list of values, comma-separated; empty when it is open. */
  readonly allowed: string;
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly default?: unknown;
}

/** Every key of a schema, in its own order; of alternatives the keys of all. `<name>` stands for names that the author chooses. */
export function keysOfSchema(schema: z.ZodType): Key[] {
  const found = new Map<string, Key>();
  const add = (key: Key): void => {
    const before = found.get(key.path);
    if (!before) found.set(key.path, key);
    else if (key.allowed !== '' && !before.allowed.split(', ').includes(key.allowed))
      found.set(key.path, { ...before, allowed: `${before.allowed}, ${key.allowed}` });
  };
  walk(z.toJSONSchema(schema, { io: 'input' }) as Schema, '', add);
  return [...found.values()];
}

function walk(schema: Schema, path: string, add: (key: Key) => void): void {
  for (const [name, inner] of Object.entries(schema.properties ?? {})) {
    const at = path === '' ? name : `${path}.${name}`;
    add({ path: at, absent: absentOf(inner, schema.required?.includes(name) ?? false), allowed: allowedOf(inner) });
    walk(inner, at, add);
  }
  if (schema.items) walk(schema.items, `${path}[]`, add);
  const more = schema.additionalProperties;
  if (typeof more === 'object' && path !== '' && !schema.properties) walk(more, `${path}.<name>`, add);
  for (const branch of [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) walk(branch, path, add);
}

const absentOf = (schema: Schema, required: boolean): string => {
  if (schema.default !== undefined) return JSON.stringify(schema.default);
  return required ? 'required' : '-';
};

const allowedOf = ({ enum: values, const: only, items }: Schema): string =>
  (values ?? items?.enum ?? (only === undefined ? [] : [only])).join(', ');
