import type { KeycloakLab, UnleashLab } from '@causeway/lab';

/** Set-up by the lab's administrator: one more realm role that a step may give to a group. */
export async function createRole({ url, realm, admin }: KeycloakLab, name: string): Promise<void> {
  const grant = new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', ...admin });
  const answer = await fetch(`${url}/realms/master/protocol/openid-connect/token`, { method: 'POST', body: grant });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  await post(`${url}/admin/realms/${realm}/roles`, `Bearer ${token}`, { name });
}

/** Set-up by the lab's administrator: one more flag, off everywhere, with a history of its own. */
export const createFlag = ({ url, project, adminToken }: UnleashLab, name: string): Promise<void> =>
  post(`${url}/api/admin/projects/${project}/features`, adminToken, { name, type: 'release' });

async function post(url: string, authorization: string, body: object): Promise<void> {
  const headers = { authorization, 'content-type': 'application/json' };
  const made = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!made.ok) throw new Error(`${url} answered ${made.status}: ${await made.text()}`);
}
