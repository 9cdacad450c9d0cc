import { PAYLOAD_TYPE } from '@causeway/contracts';
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

/** Leaf mark of RFC 6962, then the encoding's beginning up to the length of the body: the same for every message. */
const LEAF_HEAD = Buffer.from(`\0DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} `, 'latin1');
/** Hashed at once, so one buffer serves every leaf. */
let leafInput = Buffer.alloc(0);
const MOST_DIGITS = 16;

function roomFor(bytes: number): Buffer {
  if (leafInput.length < bytes) {
    leafInput = Buffer.alloc(2 * bytes);
    LEAF_HEAD.copy(leafInput);
  }
  return leafInput;
}

/** The leaf of a message's value: SHA-256(0x00 || PAE(payload type, value)), without a copy of its own for every message. */
export function messageLeaf(value: Uint8Array): Uint8Array {
  const input = roomFor(LEAF_HEAD.length + MOST_DIGITS + value.length);
  const length = `${value.length} `;
  let at = LEAF_HEAD.length;
  for (let i = 0; i < length.length; i++) input[at++] = length.charCodeAt(i);
  input.set(value, at);
  return sha256(input.subarray(0, at + value.length));
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
