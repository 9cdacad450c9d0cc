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
  if (own.retired)
    throw new Error(`CAUSEWAY_TRUST_FILE says that ${signer.keyId} is retired: the ledger needs a newer key`);
  return { ...verifierKey(own, origin), sign: (bytes) => signer.signBytes(bytes) };
}

/** All keys of the ledger that the trust file lists, newest first; retired ones too, since they signed older heads. */
export function ledgerKeysIn({ keys }: Verifier, origin: string): VerifierKey[] {
  const ofLedger = keys.filter(({ principal }) => principal === LEDGER).reverse();
  if (ofLedger.length === 0) throw new Error(`CAUSEWAY_TRUST_FILE lists no key of ${LEDGER}`);
  return ofLedger.map((key) => verifierKey(key, origin));
}

const verifierKey = ({ publicKey }: TrustedKey, name: string): VerifierKey => ({
  name,
  publicKey: Buffer.from(publicKey, 'base64'),
});
