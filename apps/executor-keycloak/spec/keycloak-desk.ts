/** The realm's owner, beside the executor: makes groups and roles, maps by hand, and reads Keycloak's own admin events. */
import { request } from 'undici';

export interface KeycloakAccess {
  readonly url: string;
  readonly realm: string;
  /** Administrator of the whole server: for making groups and reading events, never the executor's. */
  readonly admin: { readonly username: string; readonly password: string };
}

/** Somebody who is asked for a token: a client that acts for itself, or a person through a client. */
export type Somebody =
  | { readonly clientId: string; readonly clientSecret: string }
  | { readonly username: string; readonly password: string };

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
  private readonly tokens = new Map<string, string>();
  private admin = { token: Promise.resolve(''), askedAt: -Infinity };

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

  /** Maps roles as somebody; `DELETE` takes them away. */
  async map(
    who: Somebody | 'admin',
    groupId: string,
    roles: readonly string[],
    method: 'POST' | 'DELETE' = 'POST',
  ): Promise<void> {
    const found = await Promise.all(roles.map((name) => this.call('GET', `/roles/${name}`)));
    const token = who === 'admin' ? await this.adminToken() : await this.tokenOf(who);
    await this.call(method, `/groups/${groupId}/role-mappings/realm`, found, token);
  }

  /** A person who may change role mappings. */
  async newPerson(username: string): Promise<Somebody> {
    const password = `pw-${username}`;
    await this.call('POST', '/users', {
      ...{
        username,
        email: `${username}@example.com`,
        firstName: 'One',
        lastName: 'Of them',
        enabled: true,
        emailVerified: true,
      },
      credentials: [{ type: 'password', value: password, temporary: false }],
    });
    const id = await this.userId(username);
    const [client] = (await this.call('GET', '/clients?clientId=realm-management')) as [{ id: string }];
    const role = await this.call('GET', `/clients/${client.id}/roles/manage-users`);
    await this.call('POST', `/users/${id}/role-mappings/clients/${client.id}`, [role]);
    return { username, password };
  }

  async userId(username: string): Promise<string> {
    const [user] = (await this.call('GET', `/users?username=${username}&exact=true`)) as [{ id: string }];
    return user.id;
  }

  /** Anything else that the realm's owner does. */
  async call(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object, as?: string): Promise<unknown> {
    const { statusCode, body: answer } = await request(`${this.access.url}/admin/realms/${this.access.realm}${path}`, {
      method,
      headers: { authorization: `Bearer ${as ?? (await this.adminToken())}`, 'content-type': 'application/json' },
      body: body ? JSON.stringify(body) : null,
    });
    const text = await answer.text();
    if (statusCode >= 300) throw new Error(`${method} ${path}: ${statusCode} ${text}`);
    return text ? (JSON.parse(text) as unknown) : null;
  }

  /** The administrator's live for a minute. */
  private adminToken(): Promise<string> {
    if (performance.now() - this.admin.askedAt > 20_000) {
      const token = this.ask('master', { grant_type: 'password', client_id: 'admin-cli', ...this.access.admin });
      this.admin = { token, askedAt: performance.now() };
    }
    return this.admin.token;
  }

  private async tokenOf(who: Somebody): Promise<string> {
    const key = JSON.stringify(who);
    const grant: Record<string, string> =
      'clientId' in who
        ? { grant_type: 'client_credentials', client_id: who.clientId, client_secret: who.clientSecret }
        : { grant_type: 'password', client_id: 'admin-cli', ...who };
    const token = this.tokens.get(key) ?? (await this.ask(this.access.realm, grant));
    this.tokens.set(key, token);
    return token;
  }

  private async ask(realm: string, form: Record<string, string>): Promise<string> {
    const { body } = await request(`${this.access.url}/realms/${realm}/protocol/openid-connect/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
    });
    return ((await body.json()) as { access_token: string }).access_token;
  }
}
