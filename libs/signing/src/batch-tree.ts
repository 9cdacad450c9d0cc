import { sha256 } from './hash';

/**
 * The small RFC 6962 tree of one batch of messages, built whole: root and the inclusion path of every leaf.
 * The log's own tree grows leaf by leaf and lives in ledger-core; this one is made once and thrown away.
 */
export interface BatchTree {
  readonly root: Uint8Array;
  /** Of each leaf: the concatenated 32-byte hashes, from the leaf's sibling upwards. */
  readonly paths: readonly Uint8Array[];
}

export function batchLeaf(encoded: Uint8Array): Uint8Array {
  const input = new Uint8Array(encoded.length + 1);
  input.set(encoded, 1);
  return sha256(input);
}

/** Hashed at once, so one buffer serves every node. */
const nodeInput = new Uint8Array(65);
nodeInput[0] = 0x01;

export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  nodeInput.set(left, 1);
  nodeInput.set(right, 33);
  return sha256(nodeInput);
}

/** Level by level: an unpaired last node moves up unchanged, which is RFC 6962's tree for any size. */
export function batchTree(leaves: readonly Uint8Array[]): BatchTree {
  const paths: Uint8Array[][] = leaves.map(() => []);
  let level = leaves;
  for (let height = 0; level.length > 1; height++) {
    for (let leaf = 0; leaf < leaves.length; leaf++) {
      const sibling = level[(leaf >> height) ^ 1];
      if (sibling) (paths[leaf] as Uint8Array[]).push(sibling);
    }
    level = parents(level);
  }
  return { root: level[0] as Uint8Array, paths: paths.map((path) => Buffer.concat(path)) };
}

function parents(level: readonly Uint8Array[]): Uint8Array[] {
  const next: Uint8Array[] = [];
  for (let i = 0; i < level.length; i += 2) {
    const right = level[i + 1];
    next.push(right ? nodeHash(level[i] as Uint8Array, right) : (level[i] as Uint8Array));
  }
  return next;
}
