import { credentialOf, type Credentials } from './credentials';
import { jsonFields } from './json-body';
import { observed, type JsonValue, type LeansOn, type Look } from './look';
import type { Tokens } from './oidc-token';
import type { Answer, Web } from './web';

export interface HttpPlace {
  readonly url: string;
  /** Credential (oidc or token) whose token of the probe user is sent along. */
  readonly bearer?: string | undefined;
}

export interface HttpMeans {
  readonly web: Web;
  readonly credentials: Credentials;
  readonly tokens: Tokens;
}

/**
 * One GET as a user. Observed: `status`, `header.<lower-case name>`, `body.<field>` for the top-level fields of a JSON
 * object. An answer that is no JSON object has no `body.` values, so an expectation on one is simply not met.
 */
export function lookHttp(means: HttpMeans, { url, bearer }: HttpPlace, asked: readonly string[]): Look {
  return async (signal, leansOn) => {
    const headers = bearer === undefined ? {} : await authorization(means, bearer, signal, leansOn);
    return observed(valuesOf(await means.web.ask({ url, headers }, signal)), asked);
  };
}

async function authorization(
  { credentials, tokens }: HttpMeans,
  bearer: string,
  signal: AbortSignal,
  leansOn?: LeansOn,
): Promise<{ authorization: string }> {
  const credential = credentialOf(credentials, bearer, ['oidc', 'token']);
  if (credential.kind === 'token') return { authorization: `Bearer ${credential.token}` };
  const { token, askedAt } = await tokens.tokenFor(bearer, credential, signal);
  leansOn?.(askedAt);
  return { authorization: `Bearer ${token}` };
}

function valuesOf(answer: Answer): ReadonlyMap<string, JsonValue> {
  const values = new Map<string, JsonValue>([['status', answer.status]]);
  for (const [name, value] of answer.headers) values.set(`header.${name}`, value);
  for (const [name, value] of jsonFields(answer.body) ?? []) values.set(`body.${name}`, value);
  return values;
}
