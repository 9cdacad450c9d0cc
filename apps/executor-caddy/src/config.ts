import { z } from 'zod';

/** The environment of this executor, beside what every service reads. */
export const caddyEnvironment = z.object({
  /** Admin address of the gateways' control plane, without a path at its end. */
  CADDY_ADMIN_URL: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, '')),
});

export interface CaddySettings {
  readonly adminUrl: string;
}

export const caddySettings = (env: z.output<typeof caddyEnvironment>): CaddySettings => ({
  adminUrl: env.CADDY_ADMIN_URL,
});
