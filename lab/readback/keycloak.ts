/** What Keycloak says now and what it remembers, asked as `causeway-observer`. Shares no code with any executor. */
import { bearer, callJson } from '../http/call';
import type { KeycloakLab } from '../systems/keycloak/start';

/** One remembered change of a group's realm roles. A repeat that changed nothing is remembered too. */
export interface RoleMappingEvent {
  readonly id: string;
  readonly atMs: number;
  readonly operation: 'added' | 'removed';
  readonly roles: readonly string[];
  /** User name of who did it: `service-account-<client>` for a program. */
  readonly by: string;
}

/** The realm roles that the group `auditors` has, sorted. */
export async function readGroupRoles(keycloak: KeycloakLab): Promise<string[]> {
  const ask = await asObserver(keycloak);
  const { id } = await ask<{ id: string }>(`/group-by-path/${keycloak.group}`);
  const roles = await ask<{ name: string }[]>(`/groups/${id}/role-mappings/realm`);
  return roles.map(({ name }) => name).sort();
}

/** Oldest first. */
export async function roleMappingHistory(keycloak: KeycloakLab): Promise<RoleMappingEvent[]> {
  const ask = await asObserver(keycloak);
  const events = await ask<AdminEvent[]>('/admin-events?resourceTypes=REALM_ROLE_MAPPING&max=1000');
  const told = events.map(async ({ id, time, operationType, representation, authDetails }) => ({
    id,
    atMs: time,
    operation: operationType === 'DELETE' ? ('removed' as const) : ('added' as const),
    roles: (JSON.parse(representation) as { name: string }[]).map(({ name }) => name),
    by: (await ask<{ username: string }>(`/users/${authDetails.userId}`)).username,
  }));
  return (await Promise.all(told)).sort((a, b) => a.atMs - b.atMs);
}

/** A fresh access token of the probe user, who is in the group. */
export const freshUserToken = ({ tokenUrl, webClientId, probeUser }: KeycloakLab): Promise<string> =>
  token(tokenUrl, { grant_type: 'password', client_id: webClientId, scope: 'openid', ...probeUser });

interface AdminEvent {
  readonly id: string;
  readonly time: number;
  readonly operationType: string;
  readonly representation: string;
  readonly authDetails: { readonly userId: string };
}

async function asObserver({ url, realm, tokenUrl, observer }: KeycloakLab): Promise<<T>(path: string) => Promise<T>> {
  const grant = { client_id: observer.clientId, client_secret: observer.clientSecret };
  const headers = bearer(await token(tokenUrl, { grant_type: 'client_credentials', ...grant }));
  return (path) => callJson({ url: `${url}/admin/realms/${realm}${path}`, headers });
}

async function token(url: string, form: Record<string, string>): Promise<string> {
  return (await callJson<{ access_token: string }>({ method: 'POST', url, form })).access_token;
}
