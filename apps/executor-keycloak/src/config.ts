import { z } from 'zod';

/** The environment of this executor, beside what every service reads. */
export const keycloakEnvironment = z.object({
  /** Base address, without a path at its end. */
  KEYCLOAK_URL: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, '')),
  KEYCLOAK_REALM: z.string().min(1),
  /** Confidential client with a service account that has `realm-management: manage-users` and nothing more. */
  KEYCLOAK_CLIENT_ID: z.string().min(1),
  KEYCLOAK_CLIENT_SECRET: z.string().min(1),
  /** Another client with a service account, for observing: `view-users`, `view-realm`, `view-events`, and nothing that writes. */
  KEYCLOAK_OBSERVER_CLIENT_ID: z.string().min(1).optional(),
  KEYCLOAK_OBSERVER_CLIENT_SECRET: z.string().min(1).optional(),
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

export interface KeycloakObserverSettings {
  /** The realm, seen with the observer's own account. */
  readonly reader: KeycloakSettings;
  /** The client whose changes are ours. */
  readonly executorClientId: string;
}

/** Throws when the observer has no account of its own: it never reads with the account that writes. */
export function keycloakObserverSettings(env: z.output<typeof keycloakEnvironment>): KeycloakObserverSettings {
  const { KEYCLOAK_OBSERVER_CLIENT_ID: clientId, KEYCLOAK_OBSERVER_CLIENT_SECRET: clientSecret } = env;
  if (!clientId || !clientSecret)
    throw new Error(
      'CAUSEWAY_OBSERVES asks for an observer, but it has no account: set KEYCLOAK_OBSERVER_CLIENT_ID and KEYCLOAK_OBSERVER_CLIENT_SECRET',
    );
  return { reader: { ...keycloakSettings(env), clientId, clientSecret }, executorClientId: env.KEYCLOAK_CLIENT_ID };
}
