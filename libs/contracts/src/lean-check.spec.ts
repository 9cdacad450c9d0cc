import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { z } from 'zod';
import { messageSchemas, parseMessage, type MessageType } from './index';
import { leanCheck } from './lean-check';

const FIXTURES = join(__dirname, '..', 'fixtures');
const fixtures = readdirSync(FIXTURES).map(
  (kind) => JSON.parse(readFileSync(join(FIXTURES, kind, 'v1.json'), 'utf8')) as { type: MessageType },
);
/** Judged by zod alone: it has a refinement. */
const LEFT_TO_ZOD: readonly string[] = ['causeway.decision.made.v1'];

type Path = readonly (string | number)[];

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]))];
}

/** A copy with something else at one place. */
function changed(value: unknown, [key, ...rest]: Path, change: (there: unknown) => unknown): unknown {
  if (key === undefined) return change(value);
  const copy = structuredClone(value) as Record<string, unknown>;
  copy[key] = changed(copy[key], rest, change);
  return copy;
}

const change: fc.Arbitrary<(there: unknown) => unknown> = fc.oneof(
  fc
    .constantFrom<unknown>(
      null,
      undefined,
      '',
      'a',
      'A b',
      0,
      -1,
      1.5,
      2 ** 60,
      NaN,
      true,
      [],
      {},
      [null],
      'x'.repeat(3_000),
      new Date(0),
    )
    .map((other) => () => other),
  fc.json().map((text) => () => JSON.parse(text) as unknown),
  fc.constant((there: unknown) => (typeof there === 'string' ? `${there} ` : [there])),
  fc.constant((there: unknown) => (typeof there === 'string' ? there.toUpperCase() : { ...(there as object) })),
  fc
    .tuple(fc.constantFrom('surprise', '__proto__', 'kind', 'data', 'constructor'), fc.jsonValue())
    .map(([key, value]) => (there: unknown) => {
      if (typeof there !== 'object' || there === null) return { [key]: value };
      const text = JSON.stringify(there).replace(/^\{/, `{${JSON.stringify(key)}:${JSON.stringify(value)},`);
      return JSON.parse(text.replace(/,\}$/, '}')) as unknown;
    }),
  fc.nat().map((at) => (there: unknown) => {
    if (typeof there !== 'object' || there === null || Array.isArray(there)) return there;
    const keys = Object.keys(there);
    return Object.fromEntries(Object.entries(there).filter(([key]) => key !== keys[at % Math.max(1, keys.length)]));
  }),
);

describe('the lean check', () => {
  it.each(fixtures.map((value) => [value.type, value] as const))('knows a right %s without zod', (type, value) => {
    const check = leanCheck(messageSchemas[type]);
    if (LEFT_TO_ZOD.includes(type)) expect(check).toBeNull();
    else expect(check?.(value)).toBe(true);
    expect(parseMessage(value)).toEqual({ kind: 'message', message: value });
  });

  it.each(fixtures.map((value) => [value.type, value] as const))(
    'lets nothing of %s pass that zod refuses or changes',
    (type, value) => {
      const check = leanCheck(messageSchemas[type]);
      if (!check) return;
      const paths = pathsOf(value);
      const changes = fc.array(fc.tuple(fc.nat(), change), { minLength: 1, maxLength: 2 });
      fc.assert(
        fc.property(changes, (all) => {
          const other = all.reduce<unknown>((before, [at, one]) => {
            try {
              return changed(before, paths[at % paths.length] as Path, one);
            } catch {
              return before; // the place is gone
            }
          }, value);
          if (!check(other)) return;
          const judged = messageSchemas[type].safeParse(other);
          expect(judged.error).toBeUndefined();
          expect(judged.data).toEqual(other);
        }),
        { numRuns: 300 },
      );
    },
  );

  it('leaves to zod what zod would fill in', () => {
    const check = leanCheck(z.strictObject({ a: z.string().default('x'), b: z.int().min(1).optional() }));
    expect(
      [{}, { a: undefined }, { a: 'y' }, { a: 'y', b: 0 }, { a: 'y', b: 1 }].map((value) => check?.(value)),
    ).toEqual([false, false, true, false, true]);
  });

  it('is not made of what it does not understand', () => {
    const strange = [
      z.object({ a: z.string() }),
      z.string().trim(),
      z.string().email(),
      z.number().gt(1),
      z.strictObject({ a: z.string() }).refine(() => true),
      z.array(z.date()),
      z.union([z.strictObject({ a: z.string().default('x') }), z.string()]),
    ];
    expect(strange.map((schema) => leanCheck(schema))).toEqual(strange.map(() => null));
  });
});
