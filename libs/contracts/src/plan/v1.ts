import { z } from 'zod';
import { duration } from '../duration';
import { changeName, name } from '../ids';
import { limits } from '../limits';

/** The readiness ladder, lowest rung first. `baked` is on it, but no target can show it yet. */
export const RUNGS = ['accepted', 'configured', 'acknowledged', 'effective', 'baked'] as const;
export type Rung = (typeof RUNGS)[number];
export const rung = z.enum(RUNGS);
export const rungHeight = (value: Rung): number => RUNGS.indexOf(value);

/** Name of a parameter: as most languages name a variable, so that it fits any executor. */
export const parameterName = z
  .string()
  .regex(/^[a-zA-Z][a-zA-Z0-9_-]{0,62}$/, 'must be a letter, then letters, digits, "_" or "-" (up to 63 characters)');

/** Parameters of a change: plain JSON whose shape the target declares. */
export const parameters = z.record(parameterName, z.json());

export const ready = z.strictObject({
  /** The rung the step must reach in every scope before its dependents may start. */
  rung: rung.default('effective'),
  /** How long it may take before the step is reported overdue. The gate stays closed all the same. */
  within: duration.default('10m'),
  /** How many looks in a row must agree, per member. */
  consecutive: z.int().min(1).max(100).default(1),
});

/**
 * What becomes of an attempt that is known not to have been applied. `retry`: it is tried again, where its executor says that trying
 * again may help, until there were so many attempts; `stop`: never. What is unknown is settled first, whatever stands here.
 */
export const onFailure = z.strictObject({
  do: z.enum(['retry', 'stop']).default('retry'),
  /** All attempts, the first one too. Absent: 3. */
  attempts: z.int().min(1).max(limits.attemptsPerStep).optional(),
  /** Between the first failure and the second attempt. Absent: 2s. */
  pause: duration.optional(),
  /** Each pause is so many times the one before. Absent: 2. */
  factor: z.int().min(1).max(10).optional(),
  /** Absent: 5m. */
  longestPause: duration.optional(),
  /** When nothing more is tried: `fail` ends the sequence as failed once nothing else can move; `hold` waits for an operator. */
  then: z.enum(['fail', 'hold']).default('fail'),
});
export type OnFailure = z.output<typeof onFailure>;

export const step = z.strictObject({
  id: name,
  target: name,
  change: changeName,
  /** Steps that must be ready first. Absent: the step before it in the file. */
  needs: z.array(name).max(limits.stepsPerPlan).optional(),
  with: parameters.default({}),
  ready: ready.default({ rung: 'effective', within: '10m', consecutive: 1 }),
  /** Absent: three attempts, then it fails. */
  onFailure: onFailure.optional(),
  /** Scopes of this step. Absent: the plan's scopes as far as the target has them. */
  scopes: z.array(name).min(1).max(limits.scopesPerTarget).optional(),
});

export const plan = z.strictObject({
  apiVersion: z.literal('causeway/v1'),
  kind: z.literal('EvolutionPlan'),
  metadata: z.strictObject({
    name,
    environment: name.optional(),
    owner: name,
    reason: z.string().min(1).max(limits.text),
  }),
  spec: z.strictObject({
    scopes: z.array(name).min(1).max(limits.scopesPerTarget),
    steps: z.array(step).min(1).max(limits.stepsPerPlan),
    /** `on-resume`: declared and watched, but nothing is commanded before an operator resumes it. */
    start: z.enum(['at-once', 'on-resume']).default('at-once'),
    /**
     * What a mutation outside the order does. `hold`: the sequence commands nothing more until an operator decides. `record`: it is
     * classed and recorded, and the sequence goes on (observe only).
     */
    onOutOfSequence: z.enum(['hold', 'record']).default('hold'),
    /**
     * Keys that the sequence holds besides those of the resources it changes: no other sequence that holds one of them acts
     * meanwhile, whatever it changes. They are the same for all plans, so two plans that name one never run side by side.
     */
    conflictKeys: z.array(name).min(1).max(limits.conflictKeysPerPlan).optional(),
  }),
});

/** As written: defaults not yet filled in. This form is hashed, so what was reviewed is exactly what runs. */
export type PlanDocument = z.input<typeof plan>;
/** With the defaults filled in. */
export type Plan = z.output<typeof plan>;
export type PlanStep = z.output<typeof step>;
