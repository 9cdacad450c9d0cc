import { z } from 'zod';

/** The environment of this executor, beside what every service reads. */
export const caddyEnvironment = z.object({
  /** Admin address of the gateways' control plane, without a path at its end. */
  CADDY_ADMIN_URL: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, '')),
  /** `@id` of the object in the control plane's configuration that holds the policy. */
  CADDY_POLICY_ID: z.string().min(1).max(100).default('edge-policy'),
  /** File with the control plane's own JSON log: what the observer follows. */
  CADDY_ADMIN_LOG: z.string().min(1).optional(),
});
type CaddyEnvironment = z.output<typeof caddyEnvironment>;

export interface CaddySettings {
  readonly adminUrl: string;
  readonly policyId: string;
}

export const caddySettings = (env: CaddyEnvironment): CaddySettings => ({
  adminUrl: env.CADDY_ADMIN_URL,
  policyId: env.CADDY_POLICY_ID,
});

export interface CaddyObserverSettings extends CaddySettings {
  readonly adminLog: string;
}

/** Throws when there is no log to follow. */
export function caddyObserverSettings(env: CaddyEnvironment): CaddyObserverSettings {
  if (env.CADDY_ADMIN_LOG) return { ...caddySettings(env), adminLog: env.CADDY_ADMIN_LOG };
  throw new Error(
    "CAUSEWAY_OBSERVES asks for an observer, but it has no history to follow: set CADDY_ADMIN_LOG to the file of the control plane's log",
  );
}
