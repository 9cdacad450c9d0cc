import type { SeenMutation } from '@causeway/executor-sdk';
import type { HistoryClient } from '../client/history-client';
import type { AdminEvent } from './admin-event';

/** Who did it and through what. */
export interface Doer {
  readonly actor: SeenMutation['actor'];
  /** The client's own name; its internal id where its name cannot be learned. */
  readonly client: string | null;
}

/** How Keycloak names the user behind a client that acts for itself. */
const SERVICE_ACCOUNT = 'service-account-';

/** Names behind the internal ids in admin events. What cannot be found stays the id: a deleted user, one of another realm. */
export class Names {
  private readonly users = new Map<string, string | null>();
  private readonly clients = new Map<string, string>();
  private readonly groups = new Map<string, string>();

  constructor(private readonly history: HistoryClient) {}

  async doerOf({ authDetails, realmId }: AdminEvent, signal: AbortSignal): Promise<Doer> {
    const { userId, clientId = null } = authDetails;
    if (userId === undefined) return { actor: { kind: 'unknown', name: null }, client: clientId };
    const name = authDetails.realmId === realmId ? await this.userName(userId, signal) : null;
    if (name === null) return { actor: { kind: 'unknown', name: userId }, client: clientId };
    if (name.startsWith(SERVICE_ACCOUNT))
      return { actor: { kind: 'service', name }, client: name.slice(SERVICE_ACCOUNT.length) };
    return { actor: { kind: 'user', name }, client: clientId && (await this.clientName(clientId, userId, signal)) };
  }

  /**
   * A group in the words of `role-mapping@v1`: one at the top by its name, one below another by its path; null: not known.
   *
   * @param asNow false: it was renamed since, so only what is remembered from before counts
   */
  async groupName(id: string, asNow: boolean, signal: AbortSignal): Promise<string | null> {
    const known = this.groups.get(id);
    if (known !== undefined || !asNow) return known ?? null;
    const path = await this.history.groupPath(id, signal);
    if (path === null) return null;
    this.groups.set(id, groupNameOf(path));
    return groupNameOf(path);
  }

  /** A rename of one moves all below it. */
  forgetGroups(): void {
    this.groups.clear();
  }

  /** People are renamed and deleted too. */
  forgetUsers(): void {
    this.users.clear();
  }

  private async userName(id: string, signal: AbortSignal): Promise<string | null> {
    const known = this.users.get(id);
    if (known !== undefined) return known;
    const name = await this.history.userName(id, signal);
    this.users.set(id, name);
    return name;
  }

  private async clientName(id: string, userId: string, signal: AbortSignal): Promise<string> {
    if (!this.clients.has(id))
      for (const [key, name] of await this.history.clientsOf(userId, signal)) this.clients.set(key, name);
    return this.clients.get(id) ?? id;
  }
}

/** Of a group's path: `/auditors` is `auditors`, `/teams/auditors` stays. The one way in which plans and observations name a group. */
export const groupNameOf = (path: string): string => (path.lastIndexOf('/') === 0 ? path.slice(1) : path);

/** The user name behind a client that acts for itself. Keycloak keeps user names in lower case. */
export const serviceAccountOf = (clientId: string): string => `${SERVICE_ACCOUNT}${clientId}`.toLowerCase();
