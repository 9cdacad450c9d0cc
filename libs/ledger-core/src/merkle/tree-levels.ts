/** All hashes of a tree that fits in memory, level by level: for proofs from plain leaf hashes. */
import { consistencyPlan, inclusionPlan, proofFromPlan, type SubtreeReader } from './proof-plan';
import { nodeHash, type Sha256 } from './tree-hash';

/**
 * Level 0 are the leaf hashes. The last hash of an odd level has no sibling and stands for itself one level up, so
 * the only hash of the last level is the root. An empty list has no level.
 */
type TreeLevels = readonly (readonly Uint8Array[])[];

function treeLevels(sha256: Sha256, leafHashes: readonly Uint8Array[]): TreeLevels {
  if (leafHashes.length === 0) return [];
  const levels: (readonly Uint8Array[])[] = [leafHashes];
  for (let below = leafHashes; below.length > 1;) {
    below = levelAbove(sha256, below);
    levels.push(below);
  }
  return levels;
}

function levelAbove(sha256: Sha256, below: readonly Uint8Array[]): readonly Uint8Array[] {
  const above: Uint8Array[] = [];
  for (let i = 0; i < below.length; i += 2) {
    const left = below[i] as Uint8Array;
    const right = below[i + 1];
    above.push(right ? nodeHash(sha256, left, right) : left);
  }
  return above;
}

/** @throws RangeError if the index is not among the leaves */
export function inclusionProof(sha256: Sha256, leafHashes: readonly Uint8Array[], index: number): Uint8Array[] {
  return proofFromPlan(sha256, inclusionPlan(index, leafHashes.length), readerOf(sha256, leafHashes));
}

/** From the tree of the first `older` leaves to the tree of all. @throws RangeError unless 0 < older <= leaves */
export function consistencyProof(sha256: Sha256, leafHashes: readonly Uint8Array[], older: number): Uint8Array[] {
  return proofFromPlan(sha256, consistencyPlan(older, leafHashes.length), readerOf(sha256, leafHashes));
}

function readerOf(sha256: Sha256, leafHashes: readonly Uint8Array[]): SubtreeReader {
  const levels = treeLevels(sha256, leafHashes);
  return (level, index) => levels[level]?.[index] as Uint8Array;
}
