/**
 * Read-only credentials of the probe users, by name, from a file that the prober's environment names. Targets carry the
 * names only. Nothing of a credential reaches a log, an error or a reading.
 *
 * ```json
 * { "auditor": { "kind": "password", "username": "probe-auditor", "password": "…" },
 *   "flags-read": { "kind": "token", "token": "…" },
 *   "auditor-token": { "kind": "oidc", "url": "…/protocol/openid-connect/token", "clientId": "…", "username": "…", "password": "…" } }
 * ```
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { LookFailed } from './look';

const text = z.string().min(1).max(8_000);

const credential = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('password'), username: text, password: text }),
  z.strictObject({ kind: z.literal('token'), token: text }),
  z.strictObject({ kind: z.literal('oidc'), url: z.url(), clientId: text, username: text, password: text }),
]);
const credentialsFile = z.record(z.string().min(1).max(100), credential);

export type Credential = z.output<typeof credential>;
export type CredentialKind = Credential['kind'];
export type Credentials = ReadonlyMap<string, Credential>;

/** Reads the file. Throws an error that names the file and the places, never what stands there. */
export function loadCredentials(path: string): Credentials {
  const parsed = credentialsFile.safeParse(readJson(path));
  if (parsed.success) return new Map(Object.entries(parsed.data));
  const places = parsed.error.issues.map((issue) => `${issue.path.join('.') || '(whole file)'}: ${issue.code}`);
  throw new Error(
    `${path}: not a file of probe credentials. ${places.join('; ')}. Each entry is {kind: password|token|oidc, …}`,
  );
}

function readJson(path: string): unknown {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch {
    throw new Error(`${path}: cannot be read. CAUSEWAY_PROBE_CREDENTIALS names the file of probe credentials`);
  }
  try {
    return JSON.parse(content);
  } catch {
    // The parser's own message would quote the text around the fault.
    throw new Error(`${path}: not JSON`);
  }
}

/** The credential of that name, if it is of one of the kinds. Throws {@link LookFailed} with the remedy. */
export function credentialOf<K extends CredentialKind>(
  credentials: Credentials,
  name: string,
  kinds: readonly K[],
): Extract<Credential, { kind: K }> {
  const found = credentials.get(name);
  if (!found) throw new LookFailed(`the prober has no credential "${name}": add it to its file of probe credentials`);
  if (!isOf(found, kinds))
    throw new LookFailed(`credential "${name}" is a ${found.kind}; this look needs ${kinds.join(' or ')}`);
  return found;
}

const isOf = <K extends CredentialKind>(
  found: Credential,
  kinds: readonly K[],
): found is Extract<Credential, { kind: K }> => (kinds as readonly CredentialKind[]).includes(found.kind);
