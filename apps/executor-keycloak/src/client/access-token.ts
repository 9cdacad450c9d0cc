import { z } from 'zod';
import { NotApplied } from '@causeway/executor-sdk';
import { callTarget, jsonOf, refusalOf, type TargetAnswer } from '@causeway/executor-host';
import type { KeycloakSettings } from '../config';

const tokenAnswer = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });
const refusalAnswer = z.object({ error: z.string() });

/** A token is renewed this long before it ends, so that none ends on the way, milliseconds. */
const SPARE_MS = 10_000;
const ASKED = { system: 'Keycloak', what: 'give a token to our client' };

/** Access tokens by client credentials, kept until shortly before their end (monotonic clock). */
export class AccessToken {
  private kept: { readonly text: string; readonly until: number } | null = null;

  constructor(private readonly settings: KeycloakSettings) {}

  async get(signal: AbortSignal): Promise<string> {
    if (this.kept && performance.now() < this.kept.until) return this.kept.text;
    const asked = performance.now();
    const { access_token: text, expires_in: seconds } = await this.ask(signal);
    this.kept = { text, until: asked + seconds * 1_000 - SPARE_MS };
    return text;
  }

  forget(): void {
    this.kept = null;
  }

  private async ask(signal: AbortSignal): Promise<z.output<typeof tokenAnswer>> {
    const { url, realm, clientId, clientSecret } = this.settings;
    const answer = await callTarget({
      method: 'POST',
      url: `${url}/realms/${encodeURIComponent(realm)}/protocol/openid-connect/token`,
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'user-agent': 'causeway-executor/0.1.0' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
      }).toString(),
      signal,
    });
    if (answer.status !== 200) throw this.refused(answer);
    const parsed = tokenAnswer.safeParse(jsonOf(ASKED, answer));
    if (!parsed.success) throw new Error('Keycloak answered the token request without a token');
    return parsed.data;
  }

  private refused(answer: TargetAnswer): Error {
    const known =
      answer.status === 400 || answer.status === 401 ? refusalAnswer.safeParse(jsonOf(ASKED, answer)) : null;
    if (!known?.success) return refusalOf(ASKED, answer);
    return new NotApplied({
      code: 'credentials-refused',
      message: `Keycloak refused the client ${this.settings.clientId} (${known.data.error})`,
      remedy: 'check its id and secret in the environment of the executor, and that the client has a service account',
    });
  }
}
