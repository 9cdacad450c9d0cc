import { randomBytes } from 'node:crypto';
import { call, callJson, callOk } from '../../http/call';
import { REGIONS } from '../regions';

/** A person or program with a token of its own, so that Unleash's events name it. */
export interface UnleashUser {
  readonly name: string;
  readonly email: string;
  readonly token: string;
}

export const FLAG = 'new-authorization';
export const PROJECT = 'default';
export const ENVIRONMENT = 'production';
const ADMIN_ROLE = 1;
const TOKEN_DAYS = 30;

/** Makes the flag (off everywhere), the context field `region`, and the two users. */
export async function seedUnleash(
  url: string,
  adminToken: string,
): Promise<{ executor: UnleashUser; team: UnleashUser }> {
  const headers = { authorization: adminToken };
  const executor = await newUser(url, adminToken, 'causeway-executor');
  const team = await newUser(url, adminToken, 'release-team');
  const legalValues = REGIONS.map((value) => ({ value }));
  const region = { name: 'region', description: 'where the user is served', legalValues, stickiness: false };
  await callOk({ method: 'POST', url: `${url}/api/admin/context`, headers, json: region });
  const flag = { name: FLAG, type: 'release', description: 'ask the new authorization service' };
  await callOk({ method: 'POST', url: `${url}/api/admin/projects/${PROJECT}/features`, headers, json: flag });
  return { executor, team };
}

async function newUser(url: string, adminToken: string, name: string): Promise<UnleashUser> {
  const email = `${name}@example.com`;
  const password = `${randomBytes(18).toString('base64url')}-Aa1!`;
  const user = { name, username: name, email, password, rootRole: ADMIN_ROLE, sendEmail: false };
  await callOk({
    method: 'POST',
    url: `${url}/api/admin/user-admin`,
    headers: { authorization: adminToken },
    json: user,
  });
  const login = await call({ method: 'POST', url: `${url}/auth/simple/login`, json: { username: name, password } });
  const cookie = [login.headers['set-cookie'] ?? []]
    .flat()
    .map((line) => line.split(';')[0] ?? '')
    .join('; ');
  const expiresAt = new Date(Date.now() + TOKEN_DAYS * 86_400_000).toISOString();
  const asked = { description: `${name} in the lab`, expiresAt };
  const made = await callJson<{ secret: string }>({
    method: 'POST',
    url: `${url}/api/admin/user/tokens`,
    headers: { cookie },
    json: asked,
  });
  return { name, email, token: made.secret };
}
