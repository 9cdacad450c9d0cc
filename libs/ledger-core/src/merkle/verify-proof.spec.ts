import { referenceConsistency, referencePath, referenceRoot } from '../../spec/reference-tree';
import { sha256 } from '../../spec/sample-ledger';
import { verifyConsistency, verifyInclusion, type ConsistencyClaim, type InclusionClaim } from './verify-proof';

const all = Array.from({ length: 40 }, (_, i) => sha256(Uint8Array.of(i)));
const OK = { ok: true };
const other = sha256(Uint8Array.of(255));
const flipped = (hash: Uint8Array): Uint8Array => hash.map((byte, i) => (i === 31 ? byte ^ 1 : byte));

const inclusionOf = (index: number, size: number): InclusionClaim => ({
  index,
  size,
  leafHash: all[index] as Uint8Array,
  root: referenceRoot(all.slice(0, size)),
  proof: referencePath(index, all.slice(0, size)),
});

const consistencyOf = (olderSize: number, newerSize: number): ConsistencyClaim => ({
  olderSize,
  newerSize,
  olderRoot: referenceRoot(all.slice(0, olderSize)),
  newerRoot: referenceRoot(all.slice(0, newerSize)),
  proof: olderSize === 0 ? [] : referenceConsistency(olderSize, all.slice(0, newerSize)),
});

describe('an inclusion proof', () => {
  it('of every leaf of every tree verifies', () => {
    for (let size = 1; size <= all.length; size++)
      for (let index = 0; index < size; index++) expect(verifyInclusion(sha256, inclusionOf(index, size))).toEqual(OK);
  });

  const good = inclusionOf(5, 13);
  it.each<[string, InclusionClaim, string]>([
    ['another leaf', { ...good, leafHash: other }, 'root-mismatch'],
    ['another root', { ...good, root: flipped(good.root) }, 'root-mismatch'],
    ['the next index', { ...good, index: 6 }, 'root-mismatch'],
    ['an index outside the tree', { ...good, index: 13 }, 'index-out-of-range'],
    ['a negative index', { ...good, index: -1 }, 'index-out-of-range'],
    ['a broken index', { ...good, index: 1.5 }, 'index-out-of-range'],
    ['no tree', { ...good, size: 0 }, 'index-out-of-range'],
    ['a smaller tree', { ...good, size: 8 }, 'proof-too-long'],
    ['a larger tree', { ...good, size: 33 }, 'proof-too-short'],
    ['no proof', { ...good, proof: [] }, 'proof-too-short'],
    ['a hash less at the end', { ...good, proof: good.proof.slice(0, -1) }, 'proof-too-short'],
    ['a hash less at the start', { ...good, proof: good.proof.slice(1) }, 'proof-too-short'],
    ['a hash more at the end', { ...good, proof: [...good.proof, other] }, 'proof-too-long'],
    ['a hash more at the start', { ...good, proof: [other, ...good.proof] }, 'proof-too-long'],
    ['the root as a hash more', { ...good, proof: [...good.proof, good.root] }, 'proof-too-long'],
    ['hashes in reverse', { ...good, proof: [...good.proof].reverse() }, 'root-mismatch'],
    ['an empty hash', { ...good, proof: [new Uint8Array(0), ...good.proof.slice(1)] }, 'not-a-hash'],
    ['a long hash', { ...good, proof: [new Uint8Array(33), ...good.proof.slice(1)] }, 'not-a-hash'],
  ])('with %s does not', (_, claim, code) => expect(verifyInclusion(sha256, claim)).toEqual({ ok: false, code }));

  it('with any bit of any of its hashes changed does not', () => {
    good.proof.forEach((hash, i) => {
      const proof = good.proof.map((each, k) => (k === i ? flipped(hash) : each));
      expect(verifyInclusion(sha256, { ...good, proof })).toEqual({ ok: false, code: 'root-mismatch' });
    });
  });
});

describe('a consistency proof', () => {
  it('between any two sizes verifies', () => {
    for (let newer = 0; newer <= all.length; newer++)
      for (let older = 0; older <= newer; older++)
        expect([older, newer, verifyConsistency(sha256, consistencyOf(older, newer))]).toEqual([older, newer, OK]);
  });

  const good = consistencyOf(6, 13);
  const complete = consistencyOf(8, 13);
  it.each<[string, ConsistencyClaim, string]>([
    ['another older root', { ...good, olderRoot: other }, 'older-root-mismatch'],
    ['another newer root', { ...good, newerRoot: other }, 'root-mismatch'],
    ['roots exchanged', { ...good, olderRoot: good.newerRoot, newerRoot: good.olderRoot }, 'older-root-mismatch'],
    ['sizes exchanged', { ...good, olderSize: 13, newerSize: 6 }, 'sizes-out-of-order'],
    ['the older size one less', { ...good, olderSize: 5 }, 'proof-too-short'],
    ['the older size one more', { ...good, olderSize: 7 }, 'proof-too-short'],
    ['a negative size', { ...good, olderSize: -1 }, 'sizes-out-of-order'],
    ['no proof', { ...good, proof: [] }, 'proof-too-short'],
    ['no proof from a complete tree', { ...complete, proof: [] }, 'proof-too-short'],
    ['the older root put in front', { ...complete, proof: [complete.olderRoot, ...complete.proof] }, 'proof-too-long'],
    ['a hash less', { ...good, proof: good.proof.slice(0, -1) }, 'proof-too-short'],
    ['a hash more', { ...good, proof: [...good.proof, other] }, 'proof-too-long'],
    ['a hash for the same size', { ...consistencyOf(6, 6), proof: [other] }, 'proof-too-long'],
    ['a hash from nothing', { ...consistencyOf(0, 6), proof: [other] }, 'proof-too-long'],
    ['two roots of one size', { ...consistencyOf(6, 6), newerRoot: other }, 'root-mismatch'],
    ['an empty hash', { ...good, proof: [new Uint8Array(0), ...good.proof.slice(1)] }, 'not-a-hash'],
    // A complete older tree is itself the first hash, so a wrong one already spoils the newer root.
    ['another older root from a complete tree', { ...complete, olderRoot: other }, 'root-mismatch'],
  ])('with %s does not', (_, claim, code) => {
    expect(verifyConsistency(sha256, claim)).toEqual({ ok: false, code });
  });

  it('of a fork does not verify: the same past, another newer entry in the middle', () => {
    const forked = all.map((hash, i) => (i === 3 ? other : hash)).slice(0, 13);
    const claim = { ...good, newerRoot: referenceRoot(forked), proof: referenceConsistency(6, forked) };
    expect(verifyConsistency(sha256, claim).ok).toBe(false);
  });
});
