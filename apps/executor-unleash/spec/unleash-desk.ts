/** The flag's owner, beside the executor: makes flags, changes them by hand, and reads Unleash's own history. */
import { request } from 'undici';

export interface UnleashAccess {
  readonly url: string;
  readonly adminToken: string;
}

export interface FlagEvent {
  readonly id: number;
  readonly type: string;
  readonly createdBy: string;
}

let flags = 0;

export class UnleashDesk {
  constructor(private readonly access: UnleashAccess) {}

  async newFlag(): Promise<string> {
    const name = `flag-${process.pid}-${Date.now()}-${flags++}`;
    await this.call('POST', '/api/admin/projects/default/features', { name, type: 'release' });
    return name;
  }

  addStrategy(flag: string, strategy: object): Promise<unknown> {
    return this.call('POST', `${this.environment(flag)}/strategies`, strategy);
  }

  switchTo(flag: string, to: 'on' | 'off'): Promise<unknown> {
    return this.call('POST', `${this.environment(flag)}/${to}`);
  }

  /** What Unleash remembers of the flag in production, oldest first. */
  async events(flag: string): Promise<FlagEvent[]> {
    const query = `feature=IS:${flag}&environment=IS:production&offset=0&limit=100`;
    const { events } = (await this.call('GET', `/api/admin/search/events?${query}`)) as { events: FlagEvent[] };
    return events.sort((a, b) => a.id - b.id);
  }

  /** Any call to the admin API, by whoever's token is given. */
  as(
    token: string,
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: object,
  ): Promise<unknown> {
    return this.call(method, path, body, token);
  }

  environment(flag: string): string {
    return `/api/admin/projects/default/features/${flag}/environments/production`;
  }

  private async call(method: string, path: string, body?: object, token?: string): Promise<unknown> {
    const { statusCode, body: answer } = await request(`${this.access.url}${path}`, {
      method: method as 'GET',
      headers: { authorization: token ?? this.access.adminToken, 'content-type': 'application/json' },
      body: body ? JSON.stringify(body) : null,
    });
    const text = await answer.text();
    if (statusCode >= 300) throw new Error(`${method} ${path}: ${statusCode} ${text}`);
    return text ? (JSON.parse(text) as unknown) : null;
  }
}
