import { callTarget, jsonOf, refusalOf } from '@causeway/executor-host';
import type { CaddySettings } from '../config';
import type { JsonObject } from './caddy-client';

const SYSTEM = 'Caddy';

/** A policy as the control plane holds it; null: there is none. */
export interface Held {
  readonly document: JsonObject | null;
  /** Caddy's name of exactly this state, with the policy's path in the configuration; null where there is none. */
  readonly etag: string | null;
}

/** The observer's own looks, each with a mark by which the log shows it. */
export class LookClient {
  constructor(private readonly settings: CaddySettings) {}

  async look(mark: string, signal: AbortSignal): Promise<Held> {
    const { adminUrl, policyId } = this.settings;
    const headers = {
      origin: new URL(adminUrl).origin,
      'user-agent': 'causeway-observer/0.1.0',
      'x-causeway-look': mark,
    };
    const url = `${adminUrl}/id/${encodeURIComponent(policyId)}`;
    const answer = await callTarget({ method: 'GET', url, headers, signal, ownConnection: true, timeoutMs: 3_000 });
    const asked = { system: SYSTEM, what: `read the policy ${policyId}` };
    if (answer.status === 404) return { document: null, etag: null };
    if (answer.status !== 200) throw refusalOf(asked, answer);
    const { '@id': _id, ...document } = jsonOf(asked, answer) as Record<string, JsonObject[string]>;
    return { document, etag: answer.headers['etag'] ?? null };
  }
}
