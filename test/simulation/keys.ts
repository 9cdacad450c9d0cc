import { formatSignatureHeader, parseSignatureHeader } from '@causeway/contracts';
import { sha256, type Signer, type Verification, type Verifier } from '@causeway/signing';

/**
 * Stands in for Ed25519, whose honest cost would be most of a run: a keyed hash of the same size in the same header. Who does
 * not hold a principal's key cannot sign for it; everything around the signature is the real code.
 */
const keyOf = (principal: string): Uint8Array => sha256(Buffer.from(`key of ${principal}`));

function mac(publicKey: Uint8Array, bytes: Uint8Array): Buffer {
  const half = sha256(Buffer.concat([publicKey, bytes]));
  return Buffer.concat([half, half]);
}

export function simSigner(principal: string): Signer {
  const key = keyOf(principal);
  const keyId = `${principal}/1`;
  const headerOf = (value: Uint8Array): string =>
    formatSignatureHeader({ form: 'single', keyId, signature: mac(key, value).toString('base64') });
  return { principal, keyId, sign: (values) => values.map(headerOf), signBytes: (bytes) => mac(key, bytes) };
}

export const verifyMac = (publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean =>
  Buffer.compare(mac(publicKey, bytes), signature) === 0;

/** Trusts these principals. */
export function simVerifier(principals: readonly string[]): Verifier {
  const keys = principals.map((principal) => ({
    keyId: `${principal}/1`,
    principal,
    publicKey: Buffer.from(keyOf(principal)).toString('base64'),
  }));
  const trusted = new Map(keys.map((key) => [key.keyId, { ...key, raw: keyOf(key.principal) }]));
  const refused = (reason: 'unsigned' | 'bad-signature' | 'unknown-key'): Verification => ({
    ok: false,
    reason,
    detail: reason,
  });
  return {
    keys,
    verify: (header, value) => {
      if (header === undefined) return refused('unsigned');
      const parsed = parseSignatureHeader(header);
      if (!parsed) return refused('bad-signature');
      const key = trusted.get(parsed.keyId);
      if (!key) return refused('unknown-key');
      if (!verifyMac(key.raw, value, Buffer.from(parsed.signature, 'base64'))) return refused('bad-signature');
      return { ok: true, principal: key.principal, keyId: key.keyId };
    },
  };
}
