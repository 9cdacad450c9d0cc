import { createPrivateKey, sign, type KeyObject } from 'node:crypto';
import {
  batchBody,
  BATCH_PAYLOAD_TYPE,
  formatSignatureHeader,
  PAYLOAD_TYPE,
  preAuthenticationEncoding,
} from '@causeway/contracts';
import { batchTree, messageLeaf } from './batch-tree';

/** Signs as one principal. */
export interface Signer {
  readonly principal: string;
  readonly keyId: string;
  /**
   * Signature headers for values that are sent together, in order. One value is signed by itself; several share one
   * signature over their tree.
   */
  sign(values: readonly Uint8Array[]): string[];
  /** A bare Ed25519 signature (64 bytes) over bytes: for the ledger's checkpoints. */
  signBytes(bytes: Uint8Array): Uint8Array;
}

export interface PrivateKeyFile {
  readonly principal: string;
  readonly keyId: string;
  /** PKCS#8, PEM. */
  readonly privateKey: string;
}

export function createSigner(file: PrivateKeyFile): Signer {
  const key = createPrivateKey(file.privateKey);
  return {
    principal: file.principal,
    keyId: file.keyId,
    sign: (values) =>
      values.length === 1 ? [signOne(key, file.keyId, values[0] as Uint8Array)] : signBatch(key, file.keyId, values),
    signBytes: (bytes) => sign(null, bytes, key),
  };
}

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');

function signOne(key: KeyObject, keyId: string, value: Uint8Array): string {
  const signature = base64(sign(null, preAuthenticationEncoding(PAYLOAD_TYPE, value), key));
  return formatSignatureHeader({ form: 'single', keyId, signature });
}

function signBatch(key: KeyObject, keyId: string, values: readonly Uint8Array[]): string[] {
  if (values.length === 0) return [];
  const tree = batchTree(values.map(messageLeaf));
  const signed = preAuthenticationEncoding(BATCH_PAYLOAD_TYPE, batchBody(values.length, tree.root));
  const signature = base64(sign(null, signed, key));
  return tree.paths.map((path, index) =>
    formatSignatureHeader({ form: 'batch', keyId, signature, index, size: values.length, path: base64(path) }),
  );
}
