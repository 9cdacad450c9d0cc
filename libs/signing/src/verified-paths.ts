/**
 * Paths of one batch share their upper part. What was found to lead to a well-signed root once need not be hashed again: the
 * second message of a batch stops at the first node that is known, most after one hash instead of seven.
 *
 * 1. A node is known only after its path led to a root that a trusted key signed.
 * 2. A path is taken on the strength of a known node only if its rest is, byte for byte, the rest that was verified: there is
 *    one header for a message, whether anything is known or not.
 * 3. Bounded: beyond `MOST_NODES` all is forgotten, and verified again.
 */
interface KnownNode {
  readonly hash: Uint8Array;
  /** The rest of the path from here: `first` (none for the root side of a visited node), then `tail`. */
  readonly first: Uint8Array | null;
  readonly tail: Uint8Array;
}

/** A node on the way up: its hash and where the rest of its path begins. */
interface Visited {
  readonly level: number;
  readonly node: number;
  readonly hash: Uint8Array;
  /** Hashes of the path used so far, bytes. */
  readonly taken: number;
}

export type NodeHash = (left: Uint8Array, right: Uint8Array) => Uint8Array;

/** Where a climb ended: at a known node, at the root, or at a path of the wrong length. */
export type Climb =
  | { readonly end: 'known'; readonly good: boolean; readonly visited: readonly Visited[] }
  | { readonly end: 'root'; readonly root: Uint8Array; readonly visited: readonly Visited[] }
  | { readonly end: 'malformed' };

const MOST_NODES = 50_000;
const HASH_BYTES = 32;
/** Levels of a tree are fewer than this. */
const LEVELS = 64;

export class VerifiedPaths {
  private trees = new Map<string, Map<number, KnownNode>>();
  private nodes = 0;

  constructor(private readonly nodeHash: NodeHash) {}

  /**
   * Follows a path upwards (RFC 9162, section 2.1.3.2) as far as needed.
   * @param tree key, signature and size of the batch: what a root was signed under
   */
  climb(tree: string, leaf: Uint8Array, index: number, size: number, path: Uint8Array): Climb {
    const known = this.trees.get(tree);
    const visited: Visited[] = [];
    let [node, last, hash, taken, level] = [index, size - 1, leaf, 0, 0];
    for (; last > 0; node >>= 1, last >>= 1, level++) {
      const there = known?.get(node * LEVELS + level);
      if (there) return { end: 'known', good: isSame(there, hash, path.subarray(taken)), visited };
      visited.push({ level, node, hash, taken });
      if (node === last && node % 2 === 0) continue;
      const sibling = path.subarray(taken, taken + HASH_BYTES);
      if (sibling.length !== HASH_BYTES) return { end: 'malformed' };
      hash = node % 2 === 1 ? this.nodeHash(sibling, hash) : this.nodeHash(hash, sibling);
      taken += HASH_BYTES;
    }
    return taken === path.length ? { end: 'root', root: hash, visited } : { end: 'malformed' };
  }

  /** After the climb was found good: its nodes and their siblings lead to the signed root. */
  remember(tree: string, size: number, path: Uint8Array, visited: readonly Visited[]): void {
    if (visited.length === 0) return;
    if (this.nodes > MOST_NODES) {
      this.trees = new Map();
      this.nodes = 0;
    }
    const known = this.trees.get(tree) ?? new Map<number, KnownNode>();
    this.trees.set(tree, known);
    const before = known.size;
    for (const { level, node, hash, taken } of visited) {
      known.set(node * LEVELS + level, { hash, first: null, tail: path.subarray(taken) });
      const last = (size - 1) >> level;
      if (node === last && node % 2 === 0) continue;
      const rest = { first: hash, tail: path.subarray(taken + HASH_BYTES) };
      known.set((node ^ 1) * LEVELS + level, { hash: path.subarray(taken, taken + HASH_BYTES), ...rest });
    }
    this.nodes += known.size - before;
  }
}

function isSame(known: KnownNode, hash: Uint8Array, rest: Uint8Array): boolean {
  if (Buffer.compare(known.hash, hash) !== 0) return false;
  if (known.first === null) return Buffer.compare(known.tail, rest) === 0;
  return (
    Buffer.compare(known.first, rest.subarray(0, HASH_BYTES)) === 0 &&
    Buffer.compare(known.tail, rest.subarray(HASH_BYTES)) === 0
  );
}
