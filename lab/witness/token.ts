import { callJson } from '../http/call';
import type { KeycloakLab } from '../systems/keycloak/start';

/** The realm roles that an access token carries. The token is not checked: whoever serves with it does that. */
export function rolesOf(token: string): readonly string[] {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8');
  return (JSON.parse(payload) as { realm_access?: { roles: string[] } }).realm_access?.roles ?? [];
}

interface Grant {
  readonly access_token: string;
  readonly refresh_token: string;
}

/**
 * A signed-in user's access token, renewed when older than `renewMs`: a role that was given shows soon. Renewing costs the identity
 * provider no password check.
 */
export function signedIn(keycloak: KeycloakLab, renewMs: number): () => Promise<string> {
  let grant: Grant | null = null;
  let grantedMs = 0;
  return async () => {
    if (grant && Date.now() - grantedMs < renewMs) return grant.access_token;
    const askedMs = Date.now();
    grant = await (grant ? renewed(keycloak, grant) : signIn(keycloak));
    grantedMs = askedMs;
    return grant.access_token;
  };
}

const signIn = ({ tokenUrl, webClientId, probeUser }: KeycloakLab): Promise<Grant> =>
  callJson({
    method: 'POST',
    url: tokenUrl,
    form: { grant_type: 'password', client_id: webClientId, scope: 'openid', ...probeUser },
  });

const renewed = (keycloak: KeycloakLab, { refresh_token }: Grant): Promise<Grant> =>
  callJson<Grant>({
    method: 'POST',
    url: keycloak.tokenUrl,
    form: { grant_type: 'refresh_token', client_id: keycloak.webClientId, refresh_token },
  }).catch(() => signIn(keycloak));
