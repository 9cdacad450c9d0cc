import type { z } from 'zod';

/**
 * Whether a value is of a schema as it stands: nothing to fill in, nothing to change. True means that zod accepts it too and would give
 * back an equal value, so the value itself is the message; false means nothing, and zod is asked. Most messages are right, and zod takes
 * each of them apart and puts it together again, which costs more than all else at the door.
 */
export type LeanCheck = (value: unknown) => boolean;

/** What is read of zod's description of a schema. */
interface Def {
  readonly type: string;
  readonly checks?: readonly { readonly _zod: { readonly def: CheckDef } }[];
  readonly [more: string]: unknown;
}

interface CheckDef {
  readonly check: string;
  readonly format?: string;
  readonly pattern?: RegExp;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly value?: number;
  readonly inclusive?: boolean;
}

type Schema = z.ZodType;
const defOf = (schema: Schema): Def => schema._zod.def as unknown as Def;

/** JSON deeper than this is left to zod. */
const MOST_LEVELS = 80;

/** Null: the schema has something (a refinement, a kind of value) that only zod can judge. */
export function leanCheck(schema: Schema): LeanCheck | null {
  try {
    return checkOf(schema);
  } catch (error) {
    if (error instanceof NotLean) return null;
    throw error;
  }
}

class NotLean extends Error {}

function checkOf(schema: Schema): LeanCheck {
  const def = defOf(schema);
  const make = MAKERS[def.type];
  if (!make) throw new NotLean(def.type);
  return make(def, schema);
}

const MAKERS: Readonly<Record<string, (def: Def, schema: Schema) => LeanCheck>> = {
  string: (def) => all([isString, ...limitsOf(def)]),
  number: (def) => all([def.format === undefined ? Number.isFinite : integer(def), ...limitsOf(def)]),
  boolean: (def) => plain(def, (value) => typeof value === 'boolean'),
  null: (def) => plain(def, (value) => value === null),
  literal: (def) => oneOf(def, def.values as readonly unknown[]),
  enum: (def) => oneOf(def, Object.values(def.entries as object)),
  nullable: (def) => plain(def, orElse(null, innerOf(def))),
  optional: (def) => plain(def, orElse(undefined, innerOf(def))),
  // What is absent would be filled in.
  default: (def) => {
    const inner = innerOf(def);
    return plain(def, (value) => value !== undefined && inner(value));
  },
  array: (def) => arrayOf(checkOf(def.element as Schema), limitsOf(def)),
  object: (def) => plain(def, objectOf(def)),
  record: (def) => plain(def, recordOf(checkOf(def.keyType as Schema), checkOf(def.valueType as Schema))),
  union: (def) => plain(def, unionOf(def)),
  lazy: (def, schema) => {
    if (!isJson(schema)) throw new NotLean('lazy');
    return plain(def, (value) => isJsonValue(value, 0));
  },
};

const isString: LeanCheck = (value) => typeof value === 'string';
const innerOf = (def: Def): LeanCheck => checkOf(def.innerType as Schema);
const orElse =
  (other: unknown, check: LeanCheck): LeanCheck =>
  (value) =>
    value === other || check(value);

function plain(def: Def, check: LeanCheck): LeanCheck {
  if (def.checks && def.checks.length > 0) throw new NotLean('checks');
  return check;
}

function integer(def: Def): LeanCheck {
  if (def.format !== 'safeint') throw new NotLean(String(def.format));
  return Number.isSafeInteger;
}

function all(checks: readonly LeanCheck[]): LeanCheck {
  const [first = () => true, second, third, ...rest] = checks;
  if (!second) return first;
  if (!third) return (value) => first(value) && second(value);
  const others = all([third, ...rest]);
  return (value) => first(value) && second(value) && others(value);
}

function oneOf(def: Def, values: readonly unknown[]): LeanCheck {
  const [only] = values;
  const set = new Set(values);
  return plain(def, values.length === 1 ? (value) => value === only : (value) => set.has(value));
}

const limitsOf = ({ checks = [] }: Def): LeanCheck[] => checks.map(({ _zod }) => limitOf(_zod.def));

/** Only of values whose kind was looked at before. */
function limitOf({
  check,
  format,
  pattern,
  minimum = 0,
  maximum = 0,
  value: bound = 0,
  inclusive,
}: CheckDef): LeanCheck {
  const lengthOf = (value: unknown): number => (value as { readonly length: number }).length;
  if (check === 'min_length') return (value) => lengthOf(value) >= minimum;
  if (check === 'max_length') return (value) => lengthOf(value) <= maximum;
  if (check === 'greater_than' && inclusive) return (value) => (value as number) >= bound;
  if (check === 'less_than' && inclusive) return (value) => (value as number) <= bound;
  if (check === 'string_format' && format === 'regex' && pattern && !pattern.global && !pattern.sticky)
    return (value) => pattern.test(value as string);
  throw new NotLean(check);
}

const arrayOf = (element: LeanCheck, limits: readonly LeanCheck[]): LeanCheck => {
  const within = all(limits);
  return (value) => {
    if (!Array.isArray(value) || !within(value)) return false;
    for (let i = 0; i < value.length; i++) if (!element(value[i])) return false;
    return true;
  };
};

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

interface Field {
  readonly check: LeanCheck;
  readonly isRequired: boolean;
}

/** Strict: a key that nobody knows is refused. */
function objectOf({ shape, catchall }: Def): LeanCheck {
  if (!catchall || defOf(catchall as Schema).type !== 'never') throw new NotLean('open object');
  const fields = new Map<string, Field>();
  for (const [key, schema] of Object.entries(shape as Record<string, Schema>))
    fields.set(key, { check: checkOf(schema), isRequired: defOf(schema).type !== 'optional' });
  const required = [...fields.values()].filter(({ isRequired }) => isRequired).length;
  return (value) => {
    if (!isPlainObject(value)) return false;
    let found = 0;
    for (const key in value) {
      const field = fields.get(key);
      if (field === undefined || !field.check(value[key])) return false;
      if (field.isRequired) found++;
    }
    return found === required;
  };
}

/** A key `__proto__` is an own key in parsed JSON, and zod leaves it out. */
const recordOf =
  (keyCheck: LeanCheck, valueCheck: LeanCheck): LeanCheck =>
  (value) => {
    if (!isPlainObject(value)) return false;
    for (const key in value) if (key === '__proto__' || !keyCheck(key) || !valueCheck(value[key])) return false;
    return true;
  };

function unionOf({ options, discriminator }: Def): LeanCheck {
  const schemas = options as readonly Schema[];
  if (typeof discriminator === 'string') return byKind(discriminator, schemas);
  // Which of them zod takes makes no difference while none of them fills anything in.
  if (schemas.some(fillsIn)) throw new NotLean('union');
  const checks = schemas.map(checkOf);
  return (value) => checks.some((check) => check(value));
}

function byKind(discriminator: string, schemas: readonly Schema[]): LeanCheck {
  const kinds = new Map<unknown, LeanCheck>();
  for (const schema of schemas) {
    const kind = (defOf(schema).shape as Record<string, Schema> | undefined)?.[discriminator];
    if (!kind || defOf(kind).type !== 'literal') throw new NotLean('discriminator');
    const check = checkOf(schema);
    for (const value of defOf(kind).values as readonly unknown[]) kinds.set(value, check);
  }
  return (value) => isPlainObject(value) && (kinds.get(value[discriminator])?.(value) ?? false);
}

const LEAVES: ReadonlySet<string> = new Set(['string', 'number', 'boolean', 'null', 'literal', 'enum']);
const fillsIn = (schema: Schema): boolean => {
  const def = defOf(schema);
  return def.type === 'array' ? fillsIn(def.element as Schema) : !LEAVES.has(def.type) && !isJson(schema);
};

/** zod has no name for its JSON schema: it is the lazy union of the six kinds of JSON values. */
function isJson(schema: Schema): boolean {
  const def = defOf(schema);
  if (def.type !== 'lazy') return false;
  const inner = defOf((def.getter as () => Schema)());
  const kinds = ((inner.options as readonly Schema[] | undefined) ?? []).map((option) => defOf(option).type);
  return kinds.join() === 'string,number,boolean,null,array,record';
}

function isJsonValue(value: unknown, level: number): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (level > MOST_LEVELS) return false;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) if (!isJsonValue(value[i], level + 1)) return false;
    return true;
  }
  if (!isPlainObject(value)) return false;
  for (const key in value) if (key === '__proto__' || !isJsonValue(value[key], level + 1)) return false;
  return true;
}
