import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { createSigner, type Signer } from './signer';
import { createVerifier, type TrustedKey, type Verifier } from './verifier';

const keyId = z.string().regex(/^[a-z0-9-]{1,63}\/[1-9][0-9]{0,5}$/);
const privateKeyFile = z.strictObject({ principal: z.string(), keyId, privateKey: z.string() });
const trustFile = z.strictObject({
  keys: z
    .array(z.strictObject({ keyId, principal: z.string(), publicKey: z.base64(), retired: z.boolean().optional() }))
    .min(1),
});

function readJson<T>(path: string, what: string, schema: z.ZodType<T>): T {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`cannot read the ${what} ${path}: ${(error as Error).message}`);
  }
  const parsed = schema.safeParse(jsonOf(text, `${what} ${path}`));
  if (!parsed.success) throw new Error(`${what} ${path}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function jsonOf(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What the parser says may quote the key.
    throw new Error(`${name} is not JSON: it was cut, or is another file`);
  }
}

/** The private key of one principal. Throws with the file's name when it is missing or not of the form. */
export const loadSigner = (path: string): Signer => createSigner(readJson(path, 'key file', privateKeyFile));

/** The public keys that are trusted, or were. Throws with the file's name when it is missing or not of the form. */
export const loadVerifier = (path: string): Verifier => createVerifier(readJson(path, 'trust file', trustFile).keys);

/** The keys of a trust file, in its order; none when it is not there yet. Throws with the file's name when it is not of the form. */
export const trustedKeysOf = (path: string): TrustedKey[] =>
  existsSync(path) ? readJson(path, 'trust file', trustFile).keys : [];

/** Puts these keys in the place of those of a trust file, all at once: whoever reads it meanwhile sees the older ones or the new ones. */
export function writeTrust(path: string, keys: readonly TrustedKey[]): void {
  const beside = `${path}.new`;
  writeFileSync(beside, JSON.stringify({ keys }, null, 2));
  renameSync(beside, path);
}

/**
 * A new key of a principal: its private half is written to that path (mode 0600), its public half is given back. Throws when there is a file
 * already: a key is never written over.
 */
export function generateKey(path: string, principal: string, generation: number): TrustedKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const id = `${principal}/${generation}`;
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const text = JSON.stringify({ principal, keyId: id, privateKey: pem }, null, 2);
  writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  return { keyId: id, principal, publicKey: Buffer.from(raw).toString('base64') };
}

const fileNameOf = (principal: string): string => `${principal}.key.json`;

/**
 * One key per principal in a folder (mode 0600) and `trust.json` with their public halves. Keys that are there already are
 * kept, so the same folder can be given again.
 */
export function generateKeys(
  dir: string,
  principals: readonly string[],
): { trustFile: string; keyFile(principal: string): string } {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const trustPath = join(dir, 'trust.json');
  const keyFile = (principal: string): string => join(dir, fileNameOf(principal));
  const made = principals
    .filter((principal) => !existsSync(keyFile(principal)))
    .map((principal) => generateKey(keyFile(principal), principal, 1));
  if (made.length > 0) writeTrust(trustPath, [...trustedKeysOf(trustPath), ...made]);
  return { trustFile: trustPath, keyFile };
}
