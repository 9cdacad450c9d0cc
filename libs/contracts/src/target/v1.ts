import { z } from 'zod';
import { duration } from '../duration';
import { changeName, name } from '../ids';
import { limits } from '../limits';
import { parameterName, rung } from '../plan/v1';

/** One parameter of a change, as the target's owner declares it. */
export const parameter = z.strictObject({
  type: z.enum(['string', 'boolean', 'integer', 'object']),
  optional: z.boolean().default(false),
  /** Closed list for strings. */
  values: z.array(z.string().max(200)).max(100).optional(),
});

/** A wanted value: written out, or taken from the step's parameters. */
export const wanted = z.union([z.strictObject({ value: z.json() }), z.strictObject({ with: z.string() })]);

/**
 * A typed comparison of one observed value (no expressions, no patterns: answers are data).
 * `equals`: same JSON value; `includes`: the observed list holds it.
 */
const observedName = z.string().regex(/^[a-zA-Z][a-zA-Z0-9_.-]{0,99}$/);
export const expectation = z.strictObject({
  /** Name among the observed values; or a prefix and the parameter that completes it (`flag.` + the flag's name). */
  observed: z.union([observedName, z.strictObject({ prefix: observedName, with: z.string() })]),
  is: z.enum(['equals', 'includes', 'excludes']),
  wanted,
});

/** How a rung of a change is shown: which probe looks, and what it must see. */
export const showing = z.strictObject({ probe: name, expect: z.array(expectation).min(1).max(20) });

export const change = z.strictObject({
  with: z.record(parameterName, parameter),
  /** Parameters that say which resource a change is about (the others say what it becomes). None: the target has one such resource. */
  identifiedBy: z.array(parameterName).max(20).default([]),
  /**
   * What a repeated apply can rely on. A: conditional write with our token or version. B: honours an idempotency key.
   * C: can be read back and is a set, not an increment. D: none of these.
   */
  capability: z.enum(['A', 'B', 'C', 'D']),
  /** Rungs above `accepted` that can be shown. */
  show: z.partialRecord(z.enum(['configured', 'acknowledged', 'effective']), showing).default({}),
});

const url = z
  .string()
  .regex(/^https?:\/\/[^\s/?#]+(\/[^\s?#]*)?(\?[^\s#]*)?$/, 'must be an http or https URL')
  .max(500);
const httpLook = z.strictObject({
  url,
  method: z.literal('GET').default('GET'),
  bearer: z.string().max(100).optional(),
});

/**
 * How a probe looks, from outside, with read-only credentials that the prober's environment holds by name.
 * Addresses stand here, declared by an operator; a plan can never name one.
 *
 * - `http`: GET per member; observed `status`, `header.<name>`, `body.<field>` (JSON bodies)
 * - `oidc-token`: a fresh token by password grant for a probe user; observed `roles`, `claims`
 * - `unleash-client`: the client API, evaluated for the scope; observed `enabled` per flag as `flag.<name>`
 * - `instant`: answers at once with the wanted values; for benchmarks only, refused unless the prober allows it
 */
export const probe = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('http'),
    every: duration.default('500ms'),
    timeout: duration.default('2s'),
    freshness: duration.default('10s'),
    /** Per scope and member. */
    at: z.record(name, z.record(name, httpLook)),
  }),
  z.strictObject({
    kind: z.literal('oidc-token'),
    every: duration.default('500ms'),
    timeout: duration.default('2s'),
    freshness: duration.default('10s'),
    at: z.record(
      name,
      z.record(name, z.strictObject({ url, clientId: z.string().max(100), credential: z.string().max(100) })),
    ),
  }),
  z.strictObject({
    kind: z.literal('unleash-client'),
    every: duration.default('500ms'),
    timeout: duration.default('2s'),
    freshness: duration.default('10s'),
    at: z.record(
      name,
      z.record(name, z.strictObject({ url, credential: z.string().max(100), region: z.string().max(100) })),
    ),
  }),
  z.strictObject({
    kind: z.literal('instant'),
    every: duration.default('500ms'),
    timeout: duration.default('2s'),
    freshness: duration.default('10s'),
  }),
]);

export const target = z.strictObject({
  apiVersion: z.literal('causeway/v1'),
  kind: z.literal('Target'),
  metadata: z.strictObject({ name, owner: name }),
  spec: z.strictObject({
    /** The executor whose commands topic this target's steps go to. */
    executor: name,
    propagation: z.enum(['staged', 'regional-async', 'global-instant']),
    /** How late after becoming effective a change can still do damage. Used by bake times. */
    delayedEffectHorizon: duration.default('30s'),
    /** The highest rung that can be shown at all. */
    rung,
    history: z.enum(['ordered-ids', 'timestamped-log', 'snapshot-only']),
    /** Scope -> members: the denominator that a sequence freezes when it is accepted. A target with the one scope `global` is the same everywhere. */
    scopes: z.record(name, z.array(name).min(1).max(limits.membersPerScope)),
    changes: z.record(changeName, change),
    probes: z.record(name, probe).default({}),
  }),
});

export type TargetDocument = z.input<typeof target>;
export type Target = z.output<typeof target>;
export type TargetChange = z.output<typeof change>;
export type Probe = z.output<typeof probe>;
export type Expectation = z.output<typeof expectation>;

/** An expectation whose wanted value has been taken from the step's parameters. */
export const resolvedExpectation = z.strictObject({
  observed: z.string(),
  is: z.enum(['equals', 'includes', 'excludes']),
  wanted: z.json(),
});
export type ResolvedExpectation = z.output<typeof resolvedExpectation>;
