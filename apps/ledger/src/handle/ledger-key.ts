import type { NoteSigner, VerifierKey } from '@causeway/ledger-core';
import type { Signer, TrustedKey, Verifier } from '@causeway/signing';

/** The principal that alone may write the log. */
export const LEDGER = 'ledger';

/** The ledger's own key as a key of signed notes: it bears the log's name. Throws when the trust file does not list it. */
export function noteSignerOf(signer: Signer, verifier: Verifier, origin: string): NoteSigner {
  if (signer.principal !== LEDGER) {
    throw new Error(`CAUSEWAY_KEY_FILE holds the key of ${signer.principal}: the ledger signs with that of ${LEDGER}`);
  }
  const own = verifier.keys.find(({ keyId }) => keyId === signer.keyId);
  if (!own) throw new Error(`CAUSEWAY_TRUST_FILE does not list ${signer.keyId}: nobody could verify what it signs`);
  return { ...verifierKey(own, origin), sign: (bytes) => signer.signBytes(bytes) };
}

/** The newest key of the ledger that the trust file lists. */
export function ledgerKeyIn({ keys }: Verifier, origin: string): VerifierKey {
  const newest = keys.filter(({ principal }) => principal === LEDGER).at(-1);
  if (!newest) throw new Error(`CAUSEWAY_TRUST_FILE lists no key of ${LEDGER}`);
  return verifierKey(newest, origin);
}

const verifierKey = ({ publicKey }: TrustedKey, name: string): VerifierKey => ({
  name,
  publicKey: Buffer.from(publicKey, 'base64'),
});
