/**
 * Looks at an identity provider as a user does: a fresh token by password grant (RFC 6749, section 4.3), then what the
 * token says. A role that is mapped shows only in tokens issued after it is effective, so no token is kept for long.
 * A token never leaves this file but as the header of another look.
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

export interface Login {
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

/** Access tokens for the `Authorization` header of other looks, by credential. */
export interface Tokens {
  /** A token not older than {@link TOKEN_MAX_AGE_MS}. Rejects with {@link LookFailed} when none is given. */
  tokenFor(credential: string, as: Login, signal: AbortSignal): Promise<LentToken>;
}

interface LentToken {
  readonly token: string;
  /** When the login began, monotonic milliseconds: a role that was mapped since may be missing. */
  readonly askedAt: number;
}

/**
 * Members that are looked at together share a login: password hashing is made to be slow, and one login a member would be
 * most of what the identity provider does. What comes late with an older token is late, never too early.
 */
const TOKEN_MAX_AGE_MS = 500;
/** A login that nobody waits for any more ends all the same. */
const LOGIN_TIMEOUT_MS = 10_000;

export function createTokens(web: Web): Tokens {
  const logins = new Map<string, { readonly askedAt: number; readonly lent: Promise<LentToken> }>();
  return {
    tokenFor: (credential, as, signal) => {
      const before = logins.get(credential);
      const askedAt = performance.now();
      if (before && askedAt - before.askedAt < TOKEN_MAX_AGE_MS) return withSignal(before.lent, signal);
      const fresh = freshToken(web, as, AbortSignal.timeout(LOGIN_TIMEOUT_MS));
      const lent = fresh.then((token) => ({ token, askedAt }));
      logins.set(credential, { askedAt, lent });
      lent.catch(() => logins.get(credential)?.lent === lent && logins.delete(credential));
      return withSignal(lent, signal);
    },
  };
}

async function freshToken(web: Web, as: Login, signal: AbortSignal): Promise<string> {
  const { answer, token } = await login(web, as, signal);
  if (token === null) throw new LookFailed(`no token from the identity provider: status ${answer.status}`);
  return token;
}

function withSignal<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new LookFailed('no token from the identity provider in time'));
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
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
