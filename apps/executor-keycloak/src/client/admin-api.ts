import type { z } from 'zod';
import { callTarget, jsonOf, refusalOf, type TargetAnswer, type TargetCall } from '@causeway/executor-host';
import type { KeycloakSettings } from '../config';
import { AccessToken } from './access-token';

export const SYSTEM = 'Keycloak';

export interface AdminCall {
  readonly method: TargetCall['method'];
  /** Below `/admin/realms/<realm>`; with a query, if any. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

/** The admin API of one realm, under the account of the settings. */
export class AdminApi {
  private readonly token: AccessToken;

  constructor(private readonly settings: KeycloakSettings) {
    this.token = new AccessToken(settings);
  }

  /** A token that Keycloak no longer takes (restart, new keys) was refused before anything else: once more with a new one. */
  async call(asked: AdminCall): Promise<TargetAnswer> {
    const first = await this.callOnce(asked);
    if (first.status !== 401) return first;
    this.token.forget();
    return this.callOnce(asked);
  }

  private async callOnce({ path, headers, ...rest }: AdminCall): Promise<TargetAnswer> {
    const { url, realm } = this.settings;
    const authorization = `Bearer ${await this.token.get(rest.signal)}`;
    return callTarget({
      ...rest,
      url: `${url}/admin/realms/${encodeURIComponent(realm)}${path}`,
      headers: { authorization, 'user-agent': 'causeway-executor/0.1.0', ...headers },
    });
  }
}

/** What a 200 says, in a known form. Another status is a refusal; another form a plain error. */
export function readAnswer<T extends z.ZodType>(schema: T, what: string, answer: TargetAnswer): z.output<T> {
  const asked = { system: SYSTEM, what };
  if (answer.status !== 200) throw refusalOf(asked, answer);
  const parsed = schema.safeParse(jsonOf(asked, answer));
  if (!parsed.success) throw new Error(`${SYSTEM} answered in a form we do not know to: ${what}`);
  return parsed.data;
}
