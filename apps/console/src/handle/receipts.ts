import type { ConsistencyReceipt, Evidence, InclusionReceipt } from '@causeway/console-api';
import {
  consistencyPlan,
  inclusionPlan,
  parseCheckpoint,
  proofFromPlan,
  verifyInclusion,
  type ProofPlan,
} from '@causeway/ledger-core';
import type { Database } from '@causeway/persistence';
import { sha256 } from '@causeway/signing';
import { loadNodes } from '../store/projection-store';
import { leavesOf, newestCheckpoint } from '../store/question-store';
import { Refused } from './refused';

/** Inclusion of one entry in the newest checkpoint: O(log n) reads, and checked here before it goes out. */
export async function inclusionReceipt(database: Database, index: number): Promise<InclusionReceipt> {
  const { note, size, root } = await newestTree(database);
  if (index >= size) {
    throw notPublished(index, size);
  }
  const read = await loadNodes(database, [...inclusionPlan(index, size).flat(), { level: 0, index }]);
  const proof = proofFromPlan(sha256, inclusionPlan(index, size), read);
  const leafHash = read(0, index);
  const verdict = verifyInclusion(sha256, { index, size, leafHash, root, proof });
  if (!verdict.ok) {
    throw new Error(`the projected entries do not lead to the root of the checkpoint at size ${size}: ${verdict.code}`);
  }
  return {
    index: String(index),
    leafHash: base64(leafHash),
    size: String(size),
    root: base64(root),
    proof: proof.map(base64),
    checkpoint: note,
  };
}

/** Entries with their proofs, all against the newest checkpoint. */
export async function evidenceOf(database: Database, indices: readonly number[]): Promise<Evidence> {
  const { note, size, root } = await newestTree(database);
  const outside = indices.find((index) => index >= size);
  if (outside !== undefined) throw notPublished(outside, size);
  const plans = indices.map((index) => ({ index, plan: inclusionPlan(index, size) }));
  const read = await loadNodes(database, distinct(plans.flatMap(({ plan }) => plan.flat())));
  const leaves = await leavesOf(database, indices);
  const entries = plans.map(({ index, plan }) => {
    const leaf = leaves.get(index);
    if (leaf === undefined) throw new Error(`broken invariant: entry ${index} is not stored`);
    return { index: String(index), leaf, proof: proofFromPlan(sha256, plan, read).map(base64) };
  });
  return { size: String(size), root: base64(root), checkpoint: note, entries };
}

const distinct = <T extends { level: number; index: number }>(nodes: readonly T[]): T[] => [
  ...new Map(nodes.map((node) => [`${node.level}/${node.index}`, node])).values(),
];

const notPublished = (index: number, size: number): Refused =>
  new Refused(
    404,
    'entry-not-published',
    `Entry ${index} is not covered by a checkpoint yet; the newest covers ${size}.`,
  );

/** That the newest checkpoint only added to the first `from` entries. */
export async function consistencyReceipt(database: Database, from: number): Promise<ConsistencyReceipt> {
  const { note, size, root } = await newestTree(database);
  if (from > size || from === 0) {
    throw new Refused(404, 'size-not-published', `There is a proof from sizes 1 to ${size}, not from ${from}.`);
  }
  const plan: ProofPlan = consistencyPlan(from, size);
  const proof = proofFromPlan(sha256, plan, await loadNodes(database, plan.flat()));
  return { from: String(from), size: String(size), root: base64(root), proof: proof.map(base64), checkpoint: note };
}

async function newestTree(database: Database): Promise<{ note: string; size: number; root: Uint8Array }> {
  const row = await newestCheckpoint(database);
  if (!row) throw new Refused(404, 'no-checkpoint', 'The ledger has not published a checkpoint yet.');
  const tree = parseCheckpoint(row.note.slice(0, row.note.lastIndexOf('\n\n') + 1));
  if (!tree) throw new Error(`the stored checkpoint of size ${row.size} is malformed`);
  return { note: row.note, size: tree.size, root: tree.root };
}

const base64 = (hash: Uint8Array): string => Buffer.from(hash).toString('base64');
