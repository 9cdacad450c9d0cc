export { newEventId, sha256, sha256Hex } from './hash';
export { createSigner, type PrivateKeyFile, type Signer } from './signer';
export {
  createVerifier,
  verifierOfRecorded,
  verifyBytes,
  type TrustedKey,
  type Verification,
  type Verifier,
} from './verifier';
export { generateKeys, loadSigner, loadVerifier, trustedKeysOf } from './key-files';
export { makeNextKeys, retireKey, type NextKey, type RetiredKey } from './key-generations';
