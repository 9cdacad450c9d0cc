import { z } from 'zod';
import type { TargetAnswer } from '@causeway/executor-host';
import type { KeycloakSettings } from '../config';
import { adminEvent, type AdminEvent } from '../history/admin-event';
import { AdminApi, readAnswer, SYSTEM } from './admin-api';

const user = z.object({ username: z.string() });
const group = z.object({ path: z.string() });
const sessions = z.array(z.object({ clients: z.record(z.string(), z.string()).default({}) }));
const realm = z.object({
  adminEventsEnabled: z.boolean(),
  attributes: z.record(z.string(), z.unknown()).default({}),
});

/** Whether the realm keeps admin events, and for how long; null: for ever. */
export interface Keeping {
  readonly on: boolean;
  readonly forSeconds: number | null;
}

/** Role mappings of groups and groups themselves; roles, and the settings of the realm. Mappings of single users are not asked for. */
const ASKED = [
  'resourceTypes=REALM_ROLE_MAPPING&resourceTypes=GROUP&resourcePath=groups/*',
  'resourceTypes=REALM_ROLE&resourceTypes=REALM',
];
/** An event may hold a whole realm as text. */
const PAGE = 50;

/** What Keycloak remembers of one realm, read with an account that can only read: `view-users`, `view-realm`, `view-events`. */
export class HistoryClient {
  private readonly api: AdminApi;

  constructor(private readonly settings: KeycloakSettings) {
    this.api = new AdminApi(settings);
  }

  /** Everything of interest with a time of at least `since` (Unix milliseconds of Keycloak), oldest first. */
  async eventsSince(since: number, signal: AbortSignal): Promise<AdminEvent[]> {
    const lists = await Promise.all(ASKED.map((query) => this.allPages(query, since, signal)));
    return lists.flat().sort((a, b) => a.time - b.time);
  }

  /** Time of the newest event of interest; null: there is none. */
  async newestTime(signal: AbortSignal): Promise<number | null> {
    const newest = await Promise.all(ASKED.map((query) => this.page(`${query}&direction=desc&max=1`, signal)));
    const times = newest.flat().map(({ time }) => time);
    return times.length > 0 ? Math.max(...times) : null;
  }

  async keeping(signal: AbortSignal): Promise<Keeping> {
    const { adminEventsEnabled, attributes } = await this.read(realm, '', 'read the settings of the realm', signal);
    const seconds = Number(attributes['adminEventsExpiration'] ?? 0);
    return { on: adminEventsEnabled, forSeconds: seconds > 0 ? seconds : null };
  }

  /** Null: there is no such user in this realm. */
  async userName(id: string, signal: AbortSignal): Promise<string | null> {
    return (await this.find(user, `/users/${encodeURIComponent(id)}`, 'find a user', signal))?.username ?? null;
  }

  /** Path of a group, `/auditors`. Null: there is no such group. */
  async groupPath(id: string, signal: AbortSignal): Promise<string | null> {
    return (await this.find(group, `/groups/${encodeURIComponent(id)}`, 'find a group', signal))?.path ?? null;
  }

  /** Names of the clients in a user's open sessions, by internal id: the only place where a reader of users learns them. */
  async clientsOf(userId: string, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    const path = `/users/${encodeURIComponent(userId)}/sessions`;
    const found = (await this.find(sessions, path, 'list sessions of a user', signal)) ?? [];
    return new Map(found.flatMap(({ clients }) => Object.entries(clients)));
  }

  /** By time, not by number: events that end or come in between push the others from page to page. */
  private async allPages(query: string, since: number, signal: AbortSignal): Promise<AdminEvent[]> {
    const found = new Map<string, AdminEvent>();
    for (let from = since, first = 0; ;) {
      const page = await this.page(`${query}&direction=asc&dateFrom=${from}&first=${first}&max=${PAGE}`, signal);
      for (const event of page) found.set(event.id, event);
      const last = page.at(-1);
      if (!last || page.length < PAGE) return [...found.values()];
      first = last.time === from ? first + PAGE : 0;
      from = last.time;
    }
  }

  private page(query: string, signal: AbortSignal): Promise<AdminEvent[]> {
    return this.read(z.array(adminEvent), `/admin-events?${query}`, 'list admin events', signal);
  }

  private async read<T extends z.ZodType>(
    schema: T,
    path: string,
    what: string,
    signal: AbortSignal,
  ): Promise<z.output<T>> {
    return readAnswer(schema, what, await this.get(path, what, signal));
  }

  private async find<T extends z.ZodType>(
    schema: T,
    path: string,
    what: string,
    signal: AbortSignal,
  ): Promise<z.output<T> | null> {
    const answer = await this.get(path, what, signal);
    return answer.status === 404 ? null : readAnswer(schema, what, answer);
  }

  private async get(path: string, what: string, signal: AbortSignal): Promise<TargetAnswer> {
    const answer = await this.api.call({ method: 'GET', path, signal });
    if (answer.status !== 403) return answer;
    const { clientId, realm: name } = this.settings;
    throw new Error(
      `${SYSTEM} does not let the observer's client ${clientId} ${what}; give its service account view-users, view-realm and view-events of realm ${name}`,
    );
  }
}
