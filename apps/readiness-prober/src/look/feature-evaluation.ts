/**
 * Pure: what Unleash's client API answer means for a user of one region. Source of the rules: Unleash client
 * specification (a feature is on when it is enabled and one of its strategies, if it has any, is satisfied; constraints of
 * a strategy are all needed).
 *
 * Three answers: on, off, or null when it depends on something that the region alone does not decide (a partial rollout,
 * another context field, a segment). Null is never rounded to on or off: not knowing never passes.
 */
import { z } from 'zod';

const constraint = z.object({
  contextName: z.string(),
  operator: z.string(),
  values: z.array(z.string()).default([]),
  value: z.string().optional(),
  inverted: z.boolean().default(false),
  caseInsensitive: z.boolean().default(false),
});
const strategy = z.object({
  name: z.string(),
  parameters: z.record(z.string(), z.unknown()).default({}),
  constraints: z.array(constraint).nullish(),
  segments: z.array(z.unknown()).nullish(),
  disabled: z.boolean().nullish(),
});
const feature = z.object({
  name: z.string(),
  enabled: z.boolean(),
  strategies: z.array(strategy).default([]),
  dependencies: z.array(z.unknown()).nullish(),
});
export const featuresAnswer = z.object({ features: z.array(feature) });

export type Feature = z.output<typeof feature>;
type Strategy = z.output<typeof strategy>;
type Constraint = z.output<typeof constraint>;
type Evaluated = boolean | null;

/** Whether the feature is on for every user of a region (true), for none (false), or not decidable from the region (null). */
export function isOnFor(region: string, feature: Feature): Evaluated {
  if (!feature.enabled) return false;
  if (feature.dependencies?.length) return null;
  const strategies = feature.strategies.filter((each) => !each.disabled);
  // A feature whose every strategy is disabled is off; one that never had any is on.
  if (strategies.length === 0) return feature.strategies.length === 0;
  return anyOf(strategies.map((each) => satisfied(region, each)));
}

function satisfied(region: string, strategy: Strategy): Evaluated {
  if (strategy.segments?.length) return null;
  const constraints = (strategy.constraints ?? []).map((each) => holds(region, each));
  return allOf([...constraints, reached(strategy)]);
}

/** Whether the strategy's own parameters let everybody, nobody or only some through. */
function reached(strategy: Strategy): Evaluated {
  if (strategy.name === 'default') return true;
  if (strategy.name !== 'flexibleRollout') return null;
  const rollout = Number(strategy.parameters['rollout']);
  return rollout === 100 ? true : rollout === 0 ? false : null;
}

function holds(region: string, constraint: Constraint): Evaluated {
  if (constraint.contextName !== 'region') return null;
  const plain = compared(region, constraint);
  return plain === null ? null : plain !== constraint.inverted;
}

function compared(region: string, { operator, values, caseInsensitive }: Constraint): Evaluated {
  const fold = (text: string): string => (caseInsensitive ? text.toLowerCase() : text);
  switch (operator) {
    case 'IN':
      return values.includes(region);
    case 'NOT_IN':
      return !values.includes(region);
    case 'STR_STARTS_WITH':
      return values.some((value) => fold(region).startsWith(fold(value)));
    case 'STR_ENDS_WITH':
      return values.some((value) => fold(region).endsWith(fold(value)));
    case 'STR_CONTAINS':
      return values.some((value) => fold(region).includes(fold(value)));
    default:
      return null;
  }
}

const anyOf = (all: readonly Evaluated[]): Evaluated => (all.includes(true) ? true : all.includes(null) ? null : false);
const allOf = (all: readonly Evaluated[]): Evaluated =>
  all.includes(false) ? false : all.includes(null) ? null : true;
