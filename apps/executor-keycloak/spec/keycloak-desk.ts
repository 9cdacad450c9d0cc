/** The realm's owner, beside the executor: makes groups and roles, maps by hand, and reads Keycloak's own admin events. */
import { request } from 'undici';

export interface KeycloakAccess {
  readonly url: string;
  readonly realm: string;
  /** Administrator of the whole server: for making groups and reading events, never the executor's. */
  readonly admin: { readonly username: string; readonly password: string };
}

export interface MappingEvent {
  readonly operation: string;
  /** Id of the group that it is about. */
  readonly group: string;
  readonly clientId: string;
}

interface AdminEvent {
  readonly time: number;
  readonly operationType: string;
  readonly resourcePath: string;
  readonly authDetails: { readonly clientId: string };
}

let made = 0;

export class KeycloakDesk {
  constructor(private readonly access: KeycloakAccess) {}

  async newGroup(): Promise<{ id: string; name: string }> {
    const name = `group-${process.pid}-${Date.now()}-${made++}`;
    await this.call('POST', '/groups', { name });
    const { id } = (await this.call('GET', `/group-by-path/${name}`)) as { id: string };
    return { id, name };
  }

  /** A group below another, by its id. */
  async newChild(parentId: string, name: string): Promise<void> {
    await this.call('POST', `/groups/${parentId}/children`, { name });
  }

  async newRole(): Promise<string> {
    const name = `role-${process.pid}-${Date.now()}-${made++}`;
    await this.call('POST', '/roles', { name });
    return name;
  }

  async rolesOf(groupId: string): Promise<string[]> {
    const roles = (await this.call('GET', `/groups/${groupId}/role-mappings/realm`)) as { name: string }[];
    return roles.map(({ name }) => name).sort();
  }

  /** Role mappings of a group in Keycloak's own history, oldest first. */
  async events(groupId: string): Promise<MappingEvent[]> {
    const path = `/admin-events?resourceTypes=REALM_ROLE_MAPPING&max=1000&resourcePath=groups/${groupId}/*`;
    const events = (await this.call('GET', path)) as AdminEvent[];
    return events
      .sort((a, b) => a.time - b.time)
      .map(({ operationType, authDetails }) => ({
        operation: operationType,
        group: groupId,
        clientId: authDetails.clientId,
      }));
  }

  private async call(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
    const { statusCode, body: answer } = await request(`${this.access.url}/admin/realms/${this.access.realm}${path}`, {
      method,
      headers: { authorization: `Bearer ${await this.token()}`, 'content-type': 'application/json' },
      body: body ? JSON.stringify(body) : null,
    });
    const text = await answer.text();
    if (statusCode >= 300) throw new Error(`${method} ${path}: ${statusCode} ${text}`);
    return text ? (JSON.parse(text) as unknown) : null;
  }

  /** A new one each time: the administrator's live for a minute. */
  private async token(): Promise<string> {
    const { username, password } = this.access.admin;
    const { body } = await request(`${this.access.url}/realms/master/protocol/openid-connect/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', username, password }).toString(),
    });
    return ((await body.json()) as { access_token: string }).access_token;
  }
}
