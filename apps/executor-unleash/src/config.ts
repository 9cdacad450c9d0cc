import { name } from '@causeway/contracts';
import { z } from 'zod';

/** The environment of this executor, beside what every service reads. */
export const unleashEnvironment = z.object({
  /** Base address, without a path at its end. */
  UNLEASH_URL: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, '')),
  /** Personal access token of the executor's own user, so that Unleash's events name it. */
  UNLEASH_TOKEN: z.string().min(1),
  UNLEASH_PROJECT: z.string().min(1).default('default'),
  UNLEASH_ENVIRONMENT: z.string().min(1).default('production'),
  /** Context field that carries the scope. */
  UNLEASH_REGION_FIELD: z.string().min(1).default('region'),
  /** The one member that each region has in the Target file: what the observer says was changed there. */
  UNLEASH_REGION_MEMBER: name.default('client'),
});

export interface UnleashSettings {
  readonly url: string;
  readonly token: string;
  readonly project: string;
  readonly environment: string;
  readonly regionField: string;
}

export const unleashSettings = (env: z.output<typeof unleashEnvironment>): UnleashSettings => ({
  url: env.UNLEASH_URL,
  token: env.UNLEASH_TOKEN,
  project: env.UNLEASH_PROJECT,
  environment: env.UNLEASH_ENVIRONMENT,
  regionField: env.UNLEASH_REGION_FIELD,
});

export interface UnleashObserverSettings extends UnleashSettings {
  readonly member: string;
}

export const unleashObserverSettings = (env: z.output<typeof unleashEnvironment>): UnleashObserverSettings => ({
  ...unleashSettings(env),
  member: env.UNLEASH_REGION_MEMBER,
});
