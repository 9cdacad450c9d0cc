import { z } from 'zod';

/** The environment of this executor, beside what every service reads. */
export const caddyEnvironment = z.object({
  /** Admin address of the gateways' control plane, without a path at its end. */
  CADDY_ADMIN_URL: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, '')),
  /** `@id` of the object in the control plane's configuration that holds the policy. */
  CADDY_POLICY_ID: z.string().min(1).max(100).default('edge-policy'),
});

export interface CaddySettings {
  readonly adminUrl: string;
  readonly policyId: string;
}

export const caddySettings = (env: z.output<typeof caddyEnvironment>): CaddySettings => ({
  adminUrl: env.CADDY_ADMIN_URL,
  policyId: env.CADDY_POLICY_ID,
});
