import { z } from 'zod';

/** What we read of a feature flag. Unleash sends more; it is left aside. */
export const constraint = z.object({
  contextName: z.string(),
  operator: z.string(),
  values: z.array(z.string()).nullish(),
  inverted: z.boolean().nullish(),
});
export type Constraint = z.output<typeof constraint>;

export const strategy = z.object({
  id: z.string(),
  name: z.string(),
  title: z.string().nullish(),
  disabled: z.boolean().nullish(),
  constraints: z.array(constraint).default([]),
  segments: z.array(z.number()).nullish(),
  parameters: z.record(z.string(), z.unknown()).default({}),
});
export type Strategy = z.output<typeof strategy>;

export const featureEnvironment = z.object({
  name: z.string(),
  enabled: z.boolean(),
  strategies: z.array(strategy).default([]),
});
export type FeatureEnvironment = z.output<typeof featureEnvironment>;

export const feature = z.object({ name: z.string(), environments: z.array(featureEnvironment) });

export const eventPage = z.object({
  events: z.array(z.object({ id: z.number(), type: z.string(), createdBy: z.string() })),
});
export type FeatureEvent = z.output<typeof eventPage>['events'][number];
