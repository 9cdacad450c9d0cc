/**
 * Checkpoints (C2SP tlog-checkpoint): origin, size and root of the ledger, signed. Nothing else: extension lines are
 * allowed by the specification and refused here.
 *
 * K1  parseCheckpoint(checkpointText(c)) is c, and no other text parses.
 * K2  The key that signs a ledger's checkpoints carries the ledger's origin as its name.
 */
import { base64Decode, base64Encode } from '../bytes/base64';
import { HASH_BYTES, type Sha256 } from '../merkle/tree-hash';
import { openNote, signNote, type NoteFault, type NotePorts, type NoteSigner } from './signed-note';
import { isKeyName, type VerifierKey } from './verifier-key';

export interface SignedTree {
  /** Which log. */
  readonly origin: string;
  /** Entries covered. */
  readonly size: number;
  /** Root hash, 32 bytes. */
  readonly root: Uint8Array;
}

export type CheckpointFault = NoteFault | 'checkpoint-malformed' | 'origin-mismatch';

export type OpenedCheckpoint =
  | { readonly ok: true; readonly tree: SignedTree; readonly otherSignatures: number }
  | { readonly ok: false; readonly code: CheckpointFault };

const DECIMAL = /^(?:0|[1-9][0-9]{0,15})$/;

/** @throws RangeError if origin, size or root have no text form */
export function checkpointText(tree: SignedTree): string {
  if (!isKeyName(tree.origin)) throw new RangeError('an origin is not empty and holds no white space and no "+"');
  if (!Number.isSafeInteger(tree.size) || tree.size < 0) throw new RangeError('a tree size is a whole number from 0');
  if (tree.root.length !== HASH_BYTES) throw new RangeError('a root hash has 32 bytes');
  return `${tree.origin}\n${tree.size}\n${base64Encode(tree.root)}\n`;
}

export function parseCheckpoint(text: string): SignedTree | null {
  const [origin = '', decimal = '', encoded = '', rest, ...more] = text.split('\n', 6);
  const size = Number(decimal);
  const root = base64Decode(encoded);
  if (rest !== '' || more.length > 0 || !isKeyName(origin)) return null;
  if (!DECIMAL.test(decimal) || !Number.isSafeInteger(size) || root?.length !== HASH_BYTES) return null;
  return { origin, size, root };
}

/** The note of a checkpoint. @throws RangeError if the signer's name is not the origin (K2) */
export function signCheckpoint(sha256: Sha256, tree: SignedTree, signer: NoteSigner): string {
  if (signer.name !== tree.origin) throw new RangeError(`key ${signer.name} does not sign for log ${tree.origin}`);
  return signNote(sha256, checkpointText(tree), [signer]);
}

/** What a checkpoint says, if the key of its log has signed it. */
export function openCheckpoint(ports: NotePorts, note: string, key: VerifierKey): OpenedCheckpoint {
  const opened = openNote(ports, note, key);
  if (!opened.ok) return opened;
  const tree = parseCheckpoint(opened.text);
  if (!tree) return { ok: false, code: 'checkpoint-malformed' };
  if (tree.origin !== key.name) return { ok: false, code: 'origin-mismatch' };
  return { ok: true, tree, otherSignatures: opened.otherSignatures };
}
