import type { NoteSigner, VerifierKey } from '@causeway/ledger-core';
import type { Signer, Verifier } from '@causeway/signing';

/** The principal that alone may write the log. */
export const LEDGER = 'ledger';

/** The ledger's own key as a key of signed notes: it bears the log's name. Throws when the trust file does not list it. */
export function noteSignerOf(signer: Signer, verifier: Verifier, origin: string): NoteSigner {
  if (signer.principal !== LEDGER) {
    throw new Error(`CAUSEWAY_KEY_FILE holds the key of ${signer.principal}: the ledger signs with that of ${LEDGER}`);
  }
  return { ...keyOf(signer.keyId, verifier, origin), sign: (bytes) => signer.signBytes(bytes) };
}

export function keyOf(keyId: string, verifier: Verifier, origin: string): VerifierKey {
  const own = verifier.keys.find((key) => key.keyId === keyId);
  if (!own) throw new Error(`CAUSEWAY_TRUST_FILE does not list ${keyId}: nobody could verify what the ledger signs`);
  return { name: origin, publicKey: Buffer.from(own.publicKey, 'base64') };
}
