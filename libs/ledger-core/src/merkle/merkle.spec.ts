import fc from 'fast-check';
import { referenceConsistency, referencePath, referenceRoot } from '../../spec/reference-tree';
import { sha256 } from '../../spec/sample-ledger';
import { hexDecode, hexEncode } from '../bytes/hex';
import { Frontier } from './frontier';
import { consistencyPlan, inclusionPlan, proofFromPlan } from './proof-plan';
import { leafHash } from './tree-hash';
import { consistencyProof, inclusionProof } from './tree-levels';

/** The eight leaves that the tests of Certificate Transparency logs have used since RFC 6962, and their roots by size. */
const CT_LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const CT_ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const CT_PATH_OF_0_IN_8 = [
  '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
  '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
  '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
];

const ctHashes = CT_LEAVES.map((hex) => leafHash(sha256, hexDecode(hex) as Uint8Array));
const leaves = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, i) => sha256(Uint8Array.of(i, i >> 8)));
const hexOf = (hashes: readonly Uint8Array[]): string[] => hashes.map(hexEncode);
const frontierOf = (hashes: readonly Uint8Array[]): Frontier => Frontier.empty(sha256).appendAll(hashes);
const size = fc.integer({ min: 1, max: 200 });

describe('the tree', () => {
  it('has the roots and paths of the Certificate Transparency vectors', () => {
    expect(CT_ROOTS.map((_, n) => hexEncode(frontierOf(ctHashes.slice(0, n)).root()))).toEqual(CT_ROOTS);
    expect(hexOf(inclusionProof(sha256, ctHashes, 0))).toEqual(CT_PATH_OF_0_IN_8);
  });

  it('agrees with its slow twin: roots, paths, consistency (F2, P3)', () => {
    const hashes = leaves(65);
    for (let n = 1; n <= hashes.length; n++) {
      const tree = hashes.slice(0, n);
      expect(hexEncode(frontierOf(tree).root())).toBe(hexEncode(referenceRoot(tree)));
      for (let m = 0; m < n; m += 3) {
        expect(hexOf(inclusionProof(sha256, tree, m))).toEqual(hexOf(referencePath(m, tree)));
        expect(hexOf(consistencyProof(sha256, tree, m + 1))).toEqual(hexOf(referenceConsistency(m + 1, tree)));
      }
    }
  });
});

describe('the frontier', () => {
  it('is the same however the leaves come in', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 6 }), (batches) => {
        const all = leaves(batches.reduce((sum, n) => sum + n, 0));
        let frontier = Frontier.empty(sha256);
        for (const n of batches) frontier = frontier.appendAll(all.slice(frontier.size, frontier.size + n));
        expect(frontier.size).toBe(all.length);
        expect(hexEncode(frontier.root())).toBe(hexEncode(referenceRoot(all)));
      }),
    );
  });

  it('of a failed transaction is simply dropped: appending changes nothing that was there', () => {
    const before = frontierOf(leaves(7));
    const state = before.serialise();
    before.append(sha256(Uint8Array.of(1)));
    expect(before.serialise()).toEqual(state);
  });

  it('survives being stored (F3)', () => {
    fc.assert(
      fc.property(size, (n) => {
        const stored = JSON.parse(JSON.stringify(frontierOf(leaves(n)).serialise()));
        const next = sha256(Uint8Array.of(9));
        expect(hexEncode(Frontier.restore(sha256, stored).append(next).root())).toBe(
          hexEncode(referenceRoot([...leaves(n), next])),
        );
      }),
    );
  });

  const good = frontierOf(leaves(6)).serialise();
  it.each([
    ['a hash too few', { size: 6, hashes: good.hashes.slice(1) }],
    ['a hash too many', { size: 6, hashes: [...good.hashes, good.hashes[0] as string] }],
    ['another size', { size: 7, hashes: good.hashes }],
    ['a negative size', { size: -1, hashes: [] }],
    ['half a leaf', { size: 0.5, hashes: [] }],
    ['a short hash', { size: 6, hashes: ['00', good.hashes[1] as string] }],
    ['an upper-case hash', { size: 6, hashes: good.hashes.map((hex) => hex.toUpperCase()) }],
  ])('is not restored from %s', (_, state) => expect(() => Frontier.restore(sha256, state)).toThrow(RangeError));
});

describe('proofs from stored subtrees', () => {
  const TOTAL = 1_000;
  const stored = new Map<string, Uint8Array>();
  const all = leaves(TOTAL);
  frontierOf([]).appendAll(all, (level, index, hash) => stored.set(`${level}/${index}`, hash));
  const read = (level: number, index: number): Uint8Array => {
    const hash = stored.get(`${level}/${index}`);
    if (!hash) throw new Error(`no complete subtree ${level}/${index}`);
    return hash;
  };

  it('are those from all leaves, read from what the frontier reported while it grew (P1)', () => {
    const pair = fc.tuple(fc.integer({ min: 1, max: TOTAL }), fc.nat()).map(([n, m]) => [n, m % n] as const);
    fc.assert(
      fc.property(pair, ([n, m]) => {
        const tree = all.slice(0, n);
        expect(hexOf(proofFromPlan(sha256, inclusionPlan(m, n), read))).toEqual(hexOf(inclusionProof(sha256, tree, m)));
        expect(hexOf(proofFromPlan(sha256, consistencyPlan(m + 1, n), read))).toEqual(
          hexOf(referenceConsistency(m + 1, tree)),
        );
      }),
    );
  });

  it('of a log of a million entries read at most 40 subtrees, and of 2^52 at most 120 (P2)', () => {
    const reads = (plan: readonly (readonly unknown[])[]): number => plan.flat().length;
    fc.assert(fc.property(fc.integer({ min: 0, max: 999_999 }), (m) => reads(inclusionPlan(m, 1_000_000)) <= 40));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 52 }), (m) => reads(consistencyPlan(m, 2 ** 52 + 12_345)) <= 120),
    );
  });

  it('are not planned for places that do not exist', () => {
    expect(() => inclusionPlan(5, 5)).toThrow(RangeError);
    expect(() => inclusionPlan(-1, 5)).toThrow(RangeError);
    expect(() => consistencyPlan(0, 5)).toThrow(RangeError);
    expect(() => consistencyPlan(6, 5)).toThrow(RangeError);
  });
});
