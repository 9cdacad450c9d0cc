/**
 * Looks at an identity provider as a user does: a fresh token by password grant (RFC 6749, section 4.3), then what the
 * token says. A role that is mapped shows only in tokens issued after it is effective, so nothing is kept between looks.
 * The token itself never leaves this file but as the header of another look.
 */
import { credentialOf, type Credentials } from './credentials';
import { jsonFields } from './json-body';
import { LookFailed, observed, type JsonValue, type Look } from './look';
import type { Answer, Web } from './web';

export interface OidcPlace {
  /** The token endpoint, whole. */
  readonly url: string;
  readonly clientId: string;
  readonly credential: string;
}

interface Login {
  readonly url: string;
  readonly clientId: string;
  readonly username: string;
  readonly password: string;
}

/** Observed: `status` of the token endpoint; `roles`, the realm roles in the token, sorted. */
export function lookOidcToken(web: Web, credentials: Credentials, place: OidcPlace, asked: readonly string[]): Look {
  return async (signal) => {
    const { username, password } = credentialOf(credentials, place.credential, ['password', 'oidc']);
    const { answer, token } = await login(
      web,
      { url: place.url, clientId: place.clientId, username, password },
      signal,
    );
    const values = new Map<string, JsonValue>([['status', answer.status]]);
    if (token !== null) values.set('roles', rolesOf(token));
    return observed(values, asked);
  };
}

/** A fresh access token for the `Authorization` header of another look. Throws {@link LookFailed} when none is given. */
export async function freshToken(web: Web, as: Login, signal: AbortSignal): Promise<string> {
  const { answer, token } = await login(web, as, signal);
  if (token === null) throw new LookFailed(`no token from the identity provider: status ${answer.status}`);
  return token;
}

async function login(web: Web, as: Login, signal: AbortSignal): Promise<{ answer: Answer; token: string | null }> {
  const form = { grant_type: 'password', client_id: as.clientId, username: as.username, password: as.password };
  const answer = await web.ask({ url: as.url, form: { ...form, scope: 'openid' } }, signal);
  const token = answer.status === 200 ? jsonFields(answer.body)?.get('access_token') : null;
  return { answer, token: typeof token === 'string' ? token : null };
}

/** `realm_access.roles` of a JWT. Its signature is not checked: it came from the provider itself, over our own request. */
function rolesOf(token: string): string[] {
  const payload = jsonFields(Buffer.from(token.split('.')[1] ?? '', 'base64url'));
  const access = payload?.get('realm_access');
  if (!payload) throw new LookFailed('the identity provider gave a token that is not a JWT');
  const roles = access && typeof access === 'object' && !Array.isArray(access) ? access['roles'] : [];
  return Array.isArray(roles) ? roles.filter((role): role is string => typeof role === 'string').sort() : [];
}
