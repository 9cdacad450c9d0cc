import type { KeycloakLab } from '@causeway/lab';

/** Set-up by the lab's administrator: one more realm role that a step may give to a group. */
export async function createRole({ url, realm, admin }: KeycloakLab, name: string): Promise<void> {
  const grant = new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', ...admin });
  const answer = await fetch(`${url}/realms/master/protocol/openid-connect/token`, { method: 'POST', body: grant });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  const made = await fetch(`${url}/admin/realms/${realm}/roles`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  });
  if (!made.ok) throw new Error(`the role ${name} was not made: ${made.status} ${await made.text()}`);
}
