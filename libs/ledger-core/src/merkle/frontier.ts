/**
 * The right edge of the tree: all that is needed to append and to know the root.
 *
 * Purpose: the single writer of a log keeps one Frontier in memory; O(log n) hashes, not n.
 * Owns: size and root of the tree so far. Immutable: an append gives a new one, and a failed transaction keeps the old.
 *
 * F1  `hashes` are the roots of the complete subtrees that make up [0, size), largest first: one for each bit set in size.
 * F2  root() is MTH of RFC 9162 section 2.1.1 over all leaf hashes appended, in order.
 * F3  restore(serialise()) is the same frontier; anything that breaks F1 is refused.
 */
import { hexDecode, hexEncode } from '../bytes/hex';
import { emptyRoot, foldRight, half, HASH_BYTES, isOdd, nodeHash, type Sha256 } from './tree-hash';

/** As kept beside the log: the hashes in hex, largest subtree first. */
export interface FrontierState {
  readonly size: number;
  readonly hashes: readonly string[];
}

/** A subtree that became complete: `level` 0 are leaves, `index` counts the subtrees of that level from the left. */
export type OnSubtree = (level: number, index: number, hash: Uint8Array) => void;

export class Frontier {
  private constructor(
    private readonly sha256: Sha256,
    /** Tree size: how many leaves. */
    readonly size: number,
    private readonly hashes: readonly Uint8Array[],
  ) {}

  static empty(sha256: Sha256): Frontier {
    return new Frontier(sha256, 0, []);
  }

  /** @throws RangeError if the hashes are not those of a tree of that size (F1) */
  static restore(sha256: Sha256, state: FrontierState): Frontier {
    const { size } = state;
    if (!Number.isSafeInteger(size) || size < 0) throw new RangeError(`tree size ${size} is not a whole number`);
    if (state.hashes.length !== bitsSet(size)) {
      throw new RangeError(`a tree of size ${size} has ${bitsSet(size)} frontier hashes, not ${state.hashes.length}`);
    }
    const hashes = state.hashes.map((hex, i) => {
      const hash = hexDecode(hex);
      if (hash?.length !== HASH_BYTES) throw new RangeError(`frontier hash ${i} is not 64 lower-case hex digits`);
      return hash;
    });
    return new Frontier(sha256, size, hashes);
  }

  append(leafHash: Uint8Array): Frontier {
    return this.appendAll([leafHash]);
  }

  /**
   * The frontier after these leaves.
   * @param onSubtree told of every subtree that becomes complete, leaves included: what a store needs for proofs in
   *   O(log n) reads (see proof-plan)
   */
  appendAll(leafHashes: readonly Uint8Array[], onSubtree?: OnSubtree): Frontier {
    const hashes = [...this.hashes];
    let size = this.size;
    for (const leaf of leafHashes) {
      let hash = leaf;
      let level = 0;
      let index = size;
      onSubtree?.(level, index, hash);
      for (; isOdd(index); level++) {
        hash = nodeHash(this.sha256, hashes.pop() as Uint8Array, hash);
        index = half(index);
        onSubtree?.(level + 1, index, hash);
      }
      hashes.push(hash);
      size++;
    }
    return new Frontier(this.sha256, size, hashes);
  }

  root(): Uint8Array {
    return this.size === 0 ? emptyRoot(this.sha256) : foldRight(this.sha256, this.hashes);
  }

  serialise(): FrontierState {
    return { size: this.size, hashes: this.hashes.map(hexEncode) };
  }
}

function bitsSet(size: number): number {
  let count = 0;
  for (let rest = size; rest > 0; rest = half(rest)) if (isOdd(rest)) count++;
  return count;
}
