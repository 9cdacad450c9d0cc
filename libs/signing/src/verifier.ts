import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import {
  batchBody,
  BATCH_PAYLOAD_TYPE,
  MAX_PATH_HASHES,
  parseSignatureHeader,
  PAYLOAD_TYPE,
  preAuthenticationEncoding,
  type SignatureHeader,
} from '@causeway/contracts';
import { messageLeaf, nodeHash } from './batch-tree';
import { VerifiedPaths } from './verified-paths';

/** One public key that is trusted: whose it is, and under which id it signs. */
export interface TrustedKey {
  /** `<principal>/<generation>` */
  readonly keyId: string;
  readonly principal: string;
  /** Raw Ed25519 public key, 32 bytes, base64. */
  readonly publicKey: string;
  /** Nothing new is taken under it; what was recorded under it still verifies. */
  readonly retired?: boolean | undefined;
}

export type Verification =
  | { readonly ok: true; readonly principal: string; readonly keyId: string }
  | { readonly ok: false; readonly reason: 'unsigned' | 'bad-signature' | 'unknown-key'; readonly detail: string };

export interface Verifier {
  /** Retired ones too: what was recorded was signed by them. */
  readonly keys: readonly TrustedKey[];
  /** Whether a header's signature covers exactly these bytes under a trusted key that is not retired. Never throws. */
  verify(header: string | undefined, value: Uint8Array): Verification;
}

export function createVerifier(keys: readonly TrustedKey[]): Verifier {
  const trusted = new Map(keys.map((key) => [key.keyId, { ...key, object: publicKeyOf(key.publicKey) }]));
  const paths = new VerifiedPaths(nodeHash);
  return {
    keys,
    verify(header, value) {
      if (header === undefined) return refuse('unsigned', 'there is no causeway-signature header');
      const parsed = parseSignatureHeader(header);
      if (!parsed) return refuse('bad-signature', 'the causeway-signature header is not of a known form');
      const key = trusted.get(parsed.keyId);
      if (!key) return refuse('unknown-key', `no trusted key ${parsed.keyId}`);
      if (key.retired) return refuse('unknown-key', `key ${parsed.keyId} is retired: nothing new is taken under it`);
      const good =
        parsed.form === 'single'
          ? verifySingle(key.object, parsed, value)
          : verifyBatch(key.object, parsed, value, paths);
      if (!good) return refuse('bad-signature', `the signature does not cover these bytes under key ${parsed.keyId}`);
      return { ok: true, principal: key.principal, keyId: key.keyId };
    },
  };
}

/** For what was taken before: retired keys verify it as well. */
export const verifierOfRecorded = ({ keys }: Verifier): Verifier =>
  createVerifier(keys.map((key) => ({ ...key, retired: false })));

const refuse = (reason: 'unsigned' | 'bad-signature' | 'unknown-key', detail: string): Verification => ({
  ok: false,
  reason,
  detail,
});

/** SubjectPublicKeyInfo prefix of Ed25519 (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

export function publicKeyOf(rawBase64: string): KeyObject {
  const raw = Buffer.from(rawBase64, 'base64');
  if (raw.length !== 32 || raw.toString('base64') !== rawBase64)
    throw new Error('an Ed25519 public key is 32 bytes in base64');
  return createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' });
}

/** Bytes of canonical base64, or null: a second spelling of the same bytes is not the same header. */
function strictBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}

function verifySingle(key: KeyObject, header: SignatureHeader, value: Uint8Array): boolean {
  const signature = strictBase64(header.signature);
  return signature !== null && verify(null, preAuthenticationEncoding(PAYLOAD_TYPE, value), key, signature);
}

type BatchHeader = Extract<SignatureHeader, { form: 'batch' }>;

function verifyBatch(key: KeyObject, header: BatchHeader, value: Uint8Array, paths: VerifiedPaths): boolean {
  const path = strictBase64(header.path);
  if (!path || path.length > MAX_PATH_HASHES * 32) return false;
  const leaf = messageLeaf(value);
  const tree = `${header.keyId};${header.signature};${header.size}`;
  const climb = paths.climb(tree, leaf, header.index, header.size, path);
  if (climb.end === 'malformed') return false;
  const good = climb.end === 'known' ? climb.good : isSigned(key, header, climb.root);
  if (good) paths.remember(tree, header.size, path, climb.visited);
  return good;
}

function isSigned(key: KeyObject, header: BatchHeader, root: Uint8Array): boolean {
  const signature = strictBase64(header.signature);
  const covered = preAuthenticationEncoding(BATCH_PAYLOAD_TYPE, batchBody(header.size, root));
  return signature !== null && verify(null, covered, key, signature);
}

/** A bare Ed25519 signature over bytes under a raw public key. */
export const verifyBytes = (publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean =>
  signature.length === 64 && verify(null, bytes, keyObjectOf(Buffer.from(publicKey).toString('base64')), signature);

/** Making a key object costs nearly as much as a verification, and a log has few keys. */
const REMEMBERED_KEYS = 256;
const keyObjects = new Map<string, KeyObject>();

function keyObjectOf(rawBase64: string): KeyObject {
  const known = keyObjects.get(rawBase64);
  if (known) return known;
  if (keyObjects.size >= REMEMBERED_KEYS) keyObjects.clear();
  const made = publicKeyOf(rawBase64);
  keyObjects.set(rawBase64, made);
  return made;
}
