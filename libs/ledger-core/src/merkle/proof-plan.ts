/**
 * Proofs of a big log in O(log n) reads.
 *
 * Purpose: to say which subtree hashes a proof is made of, before reading any, so that a store can fetch them in one query.
 * Owns: the way from (index, size) or (older, newer size) to coordinates; never touches a hash itself.
 *
 * P1  Every coordinate names a complete subtree that lies wholly within the tree of the size asked for.
 * P2  A plan for a tree of n leaves has at most 64 parts of at most 64 coordinates.
 * P3  proofFromPlan over the true hashes is PATH (RFC 9162 section 2.1.3.1) or PROOF (section 2.1.4.1).
 */
import { foldRight, type Sha256 } from './tree-hash';

/** A complete subtree of 2^level leaves, beginning at leaf index * 2^level. */
export interface SubtreeCoordinate {
  readonly level: number;
  readonly index: number;
}

/** One part for each hash of the proof. Its subtrees, left to right, folded together are that hash. */
export type ProofPlan = readonly (readonly SubtreeCoordinate[])[];

export type SubtreeReader = (level: number, index: number) => Uint8Array;

/** @throws RangeError if the index is not in a tree of that size */
export function inclusionPlan(index: number, size: number): ProofPlan {
  if (!isSize(size) || !isSize(index) || index >= size) throw new RangeError(`no index ${index} in a tree of ${size}`);
  const plan: SubtreeCoordinate[][] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + splitOf(end - start);
    if (index < middle) {
      plan.push(subtreesOf(middle, end));
      end = middle;
    } else {
      plan.push(subtreesOf(start, middle));
      start = middle;
    }
  }
  return plan.reverse();
}

/** @throws RangeError if the sizes are not 0 < older <= newer */
export function consistencyPlan(older: number, newer: number): ProofPlan {
  if (!isSize(newer) || !isSize(older) || older === 0 || older > newer) {
    throw new RangeError(`no consistency proof from size ${older} to ${newer}: it needs 0 < older <= newer`);
  }
  const plan: SubtreeCoordinate[][] = [];
  let start = 0;
  let end = newer;
  // SUBPROOF of RFC 9162: narrow [start, end) down until it ends where the older tree ended.
  while (end !== older) {
    const middle = start + splitOf(end - start);
    if (older <= middle) {
      plan.push(subtreesOf(middle, end));
      end = middle;
    } else {
      plan.push(subtreesOf(start, middle));
      start = middle;
    }
  }
  // The verifier knows the older root; only when the rest is not the whole older tree must it be given.
  if (start !== 0) plan.push(subtreesOf(start, end));
  return plan.reverse();
}

/** The proof itself, from a reader that holds every coordinate of the plan. */
export const proofFromPlan = (sha256: Sha256, plan: ProofPlan, read: SubtreeReader): Uint8Array[] =>
  plan.map((part) =>
    foldRight(
      sha256,
      part.map(({ level, index }) => read(level, index)),
    ),
  );

const isSize = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

/** The largest power of two below n. */
function splitOf(n: number): number {
  let power = 1;
  while (power * 2 < n) power *= 2;
  return power;
}

/** [start, end) as complete subtrees, left to right. `start` is a multiple of every power of two up to its length. */
function subtreesOf(start: number, end: number): SubtreeCoordinate[] {
  const parts: SubtreeCoordinate[] = [];
  let from = start;
  while (from < end) {
    let level = 0;
    let leaves = 1;
    while (from + leaves * 2 <= end) {
      leaves *= 2;
      level++;
    }
    parts.push({ level, index: from / leaves });
    from += leaves;
  }
  return parts;
}
