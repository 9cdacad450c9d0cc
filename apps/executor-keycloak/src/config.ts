import { z } from 'zod';

/** The environment of this executor, beside what every service reads. */
export const keycloakEnvironment = z.object({
  /** Base address, without a path at its end. */
  KEYCLOAK_URL: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, '')),
  KEYCLOAK_REALM: z.string().min(1),
  /** Confidential client with a service account that has `realm-management: manage-users` and nothing more. */
  KEYCLOAK_CLIENT_ID: z.string().min(1),
  KEYCLOAK_CLIENT_SECRET: z.string().min(1),
});

export interface KeycloakSettings {
  readonly url: string;
  readonly realm: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

export const keycloakSettings = (env: z.output<typeof keycloakEnvironment>): KeycloakSettings => ({
  url: env.KEYCLOAK_URL,
  realm: env.KEYCLOAK_REALM,
  clientId: env.KEYCLOAK_CLIENT_ID,
  clientSecret: env.KEYCLOAK_CLIENT_SECRET,
});
