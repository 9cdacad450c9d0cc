import { base64Decode, base64Encode } from '../bytes/base64';
import { hexEncode } from '../bytes/hex';
import { joinBytes } from '../bytes/join';
import { utf8Encode } from '../bytes/utf8';
import type { Sha256 } from '../merkle/tree-hash';

/** Signature type 0x01 of C2SP signed-note. */
const ED25519 = 0x01;
const PUBLIC_KEY_BYTES = 32;
const NEWLINE = 0x0a;

/** A key that notes are verified with. Its text form (C2SP "vkey") is `<name>+<key hash, 8 hex digits>+<base64>`. */
export interface VerifierKey {
  readonly name: string;
  /** 32 bytes of Ed25519. */
  readonly publicKey: Uint8Array;
}

/** Not empty, no white space, no plus sign: what separates the parts of a line cannot be in a name. */
export const isKeyName = (name: string): boolean => /^[^\s+\p{Cc}\p{Surrogate}]+$/u.test(name);

/** First four bytes of SHA-256(name, newline, signature type, public key). */
export const keyHashOf = (sha256: Sha256, key: VerifierKey): Uint8Array =>
  sha256(joinBytes([utf8Encode(key.name), Uint8Array.of(NEWLINE, ED25519), key.publicKey])).slice(0, 4);

/** @throws RangeError if name or key cannot be written as a verifier key */
export function encodeVerifierKey(sha256: Sha256, key: VerifierKey): string {
  if (!isKeyName(key.name)) throw new RangeError('a key name is not empty and holds no white space and no "+"');
  if (key.publicKey.length !== PUBLIC_KEY_BYTES) throw new RangeError('an Ed25519 public key has 32 bytes');
  const typed = joinBytes([Uint8Array.of(ED25519), key.publicKey]);
  return `${key.name}+${hexEncode(keyHashOf(sha256, key))}+${base64Encode(typed)}`;
}

/** Null for anything that encodeVerifierKey does not write, a wrong key hash included. */
export function parseVerifierKey(sha256: Sha256, text: string): VerifierKey | null {
  const [name = '', hash = ''] = text.split('+', 2);
  const typed = base64Decode(text.slice(name.length + hash.length + 2));
  if (!isKeyName(name) || typed?.length !== PUBLIC_KEY_BYTES + 1 || typed[0] !== ED25519) return null;
  const key = { name, publicKey: typed.slice(1) };
  return encodeVerifierKey(sha256, key) === text ? key : null;
}
