/**
 * The hashes of the tree (RFC 6962 section 2.1, RFC 9162 section 2.1.1). A leaf and a node can never be taken for each
 * other: their inputs begin with a different byte.
 */

/** SHA-256 as data: 32 fresh bytes of any bytes. A core has no hash function of its own. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** Bytes of one hash. */
export const HASH_BYTES = 32;

/**
 * Inputs are put together in the same two buffers again and again: allocating them is a third of the cost of a hash
 * (measured). Nobody sees them between two calls, since a hash function reads its input before it returns.
 */
let leafInput = new Uint8Array(4096);
const nodeInput = Uint8Array.of(1, ...new Uint8Array(2 * HASH_BYTES));

/** @param sha256 must not keep its input */
export function leafHash(sha256: Sha256, leaf: Uint8Array): Uint8Array {
  if (leafInput.length <= leaf.length) leafInput = new Uint8Array(2 * leaf.length);
  leafInput.set(leaf, 1);
  return sha256(leafInput.subarray(0, leaf.length + 1));
}

/** @param sha256 must not keep its input */
export function nodeHash(sha256: Sha256, left: Uint8Array, right: Uint8Array): Uint8Array {
  nodeInput.set(left, 1);
  nodeInput.set(right, 1 + HASH_BYTES);
  return sha256(nodeInput);
}

export const emptyRoot = (sha256: Sha256): Uint8Array => sha256(new Uint8Array(0));

/**
 * Folds hashes of neighbouring subtrees, largest (leftmost) first, into the hash of all of them together.
 * @param hashes at least one
 */
export function foldRight(sha256: Sha256, hashes: readonly Uint8Array[]): Uint8Array {
  let hash = hashes[hashes.length - 1] as Uint8Array;
  for (let i = hashes.length - 2; i >= 0; i--) hash = nodeHash(sha256, hashes[i] as Uint8Array, hash);
  return hash;
}

/** Sizes go to 2^53 - 1, further than the 32 bits of `>>` and `&`. */
export const half = (value: number): number => Math.floor(value / 2);
export const isOdd = (value: number): boolean => value % 2 === 1;
