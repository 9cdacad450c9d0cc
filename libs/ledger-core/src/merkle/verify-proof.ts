/**
 * Verification of proofs (RFC 9162 sections 2.1.3.2 and 2.1.4.2).
 *
 * V1  A proof is accepted only if it is exactly as long as index and sizes demand and leads to the root(s) given.
 * V2  Nothing throws: whatever a proof contains, the answer is a verdict.
 */
import { sameBytes } from '../bytes/join';
import { half, HASH_BYTES, isOdd, nodeHash, type Sha256 } from './tree-hash';

export type ProofFault =
  | 'index-out-of-range'
  | 'sizes-out-of-order'
  | 'not-a-hash'
  | 'proof-too-short'
  | 'proof-too-long'
  | 'root-mismatch'
  | 'older-root-mismatch';

export type ProofVerdict = { readonly ok: true } | { readonly ok: false; readonly code: ProofFault };

export interface InclusionClaim {
  readonly index: number;
  readonly size: number;
  readonly leafHash: Uint8Array;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

export interface ConsistencyClaim {
  readonly olderSize: number;
  readonly newerSize: number;
  readonly olderRoot: Uint8Array;
  readonly newerRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

const no = (code: ProofFault): ProofVerdict => ({ ok: false, code });
const OK: ProofVerdict = { ok: true };
const isSize = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
const areHashes = (hashes: readonly Uint8Array[]): boolean => hashes.every((hash) => hash.length === HASH_BYTES);

/** Whether the leaf is at that index of the tree with that size and root. */
export function verifyInclusion(sha256: Sha256, claim: InclusionClaim): ProofVerdict {
  if (!isSize(claim.size) || !isSize(claim.index) || claim.index >= claim.size) return no('index-out-of-range');
  if (!areHashes([claim.leafHash, ...claim.proof])) return no('not-a-hash');
  const climbed = rootOfPath(sha256, claim.leafHash, claim.index, claim.size, claim.proof);
  if (typeof climbed === 'string') return no(climbed);
  return sameBytes(climbed, claim.root) ? OK : no('root-mismatch');
}

/**
 * The root that a leaf hash and its path lead to, or what is wrong with the length of the path.
 * @param index 0 <= index < size
 */
function rootOfPath(
  sha256: Sha256,
  leaf: Uint8Array,
  index: number,
  size: number,
  path: readonly Uint8Array[],
): Uint8Array | 'proof-too-short' | 'proof-too-long' {
  let hash = leaf;
  let used = 0;
  for (let at = index, last = size - 1; last > 0; at = half(at), last = half(last)) {
    // The last hash of a level without a sibling stands for itself one level up.
    if (!isOdd(at) && at === last) continue;
    const sibling = path[used++];
    if (!sibling) return 'proof-too-short';
    hash = isOdd(at) ? nodeHash(sha256, sibling, hash) : nodeHash(sha256, hash, sibling);
  }
  return used === path.length ? hash : 'proof-too-long';
}

/** Whether the newer tree begins with everything that the older one held. Every tree begins with the empty one. */
export function verifyConsistency(sha256: Sha256, claim: ConsistencyClaim): ProofVerdict {
  const { olderSize, newerSize, proof } = claim;
  if (!isSize(olderSize) || !isSize(newerSize) || olderSize > newerSize) return no('sizes-out-of-order');
  if (!areHashes([claim.olderRoot, claim.newerRoot, ...proof])) return no('not-a-hash');
  if (olderSize === newerSize || olderSize === 0) {
    if (proof.length > 0) return no('proof-too-long');
    return olderSize === 0 || sameBytes(claim.olderRoot, claim.newerRoot) ? OK : no('root-mismatch');
  }
  return climbBoth(sha256, claim);
}

/** One walk up the right edge of the older tree, making both roots of the same hashes. */
function climbBoth(sha256: Sha256, claim: ConsistencyClaim): ProofVerdict {
  let at = claim.olderSize - 1;
  let last = claim.newerSize - 1;
  for (; isOdd(at); at = half(at)) last = half(last);
  // A complete older tree is the first hash itself; the verifier has it already, so the proof leaves it out.
  const hashes = at === 0 ? [claim.olderRoot, ...claim.proof] : claim.proof;
  let older = hashes[0];
  let newer = hashes[0];
  if (!older || !newer) return no('proof-too-short');
  let used = 1;
  for (; last > 0; at = half(at), last = half(last)) {
    if (!isOdd(at) && at === last) continue;
    const sibling = hashes[used++];
    if (!sibling) return no('proof-too-short');
    newer = isOdd(at) ? nodeHash(sha256, sibling, newer) : nodeHash(sha256, newer, sibling);
    if (isOdd(at)) older = nodeHash(sha256, sibling, older);
  }
  if (used !== hashes.length) return no('proof-too-long');
  if (!sameBytes(older, claim.olderRoot)) return no('older-root-mismatch');
  return sameBytes(newer, claim.newerRoot) ? OK : no('root-mismatch');
}
