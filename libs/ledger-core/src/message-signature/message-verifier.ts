/**
 * Verification of message signatures, one and many under one signature (the header's form is in contracts/signature).
 *
 * Purpose: the judgement of the doors made once more, offline, with nothing but hash and signature functions.
 * Fast for batches: a signature is verified once, and a hash of a batch's tree is computed once, however many of
 * its messages come by.
 *
 * S1  isValid means that the holder of the key signed these exact bytes as a message: alone, or as the one at the named
 *     index of a batch of the named size.
 * S2  Only hashes below a root whose signature has verified are remembered, under key id, signature and size together.
 * S3  A path is held to its exact length and bytes also when the answer is already known from memory.
 */
import {
  batchBody,
  BATCH_PAYLOAD_TYPE,
  MAX_PATH_HASHES,
  PAYLOAD_TYPE,
  preAuthenticationEncoding,
  type SignatureHeader,
} from '@causeway/contracts';
import { base64Decode } from '../bytes/base64';
import { sameBytes } from '../bytes/join';
import type { NotePorts } from '../checkpoint/signed-note';
import { half, HASH_BYTES, isOdd, leafHash, nodeHash } from '../merkle/tree-hash';

/** Batches remembered at a time, the oldest forgotten first. A batch is normally read soon after it was written. */
const REMEMBERED_BATCHES = 256;

type BatchHeader = Extract<SignatureHeader, { form: 'batch' }>;

/** Hashes known to lie under a verified root, by level and index. */
type KnownHashes = Map<number, Uint8Array>;
/** Level and index as one number: the index in a batch stays below 2^24. */
const placeOf = (level: number, index: number): number => level * 2 ** 24 + index;

interface Climbed {
  readonly root: Uint8Array;
  readonly fresh: readonly (readonly [number, Uint8Array])[];
}

export class MessageVerifier {
  private readonly batches = new Map<string, KnownHashes>();

  /** @param publicKeys 32 bytes of Ed25519 by key id */
  constructor(
    private readonly ports: NotePorts,
    private readonly publicKeys: ReadonlyMap<string, Uint8Array>,
  ) {}

  /** Whether the holder of the key that the header names signed these bytes as a message. */
  isValid(header: SignatureHeader, value: Uint8Array): boolean {
    const publicKey = this.publicKeys.get(header.keyId);
    if (!publicKey) return false;
    const signed = preAuthenticationEncoding(PAYLOAD_TYPE, value);
    if (header.form === 'batch') return this.isInBatch(publicKey, header, signed);
    const signature = base64Decode(header.signature);
    return signature !== null && this.ports.verifyEd25519(publicKey, signed, signature);
  }

  private isInBatch(publicKey: Uint8Array, header: BatchHeader, encoded: Uint8Array): boolean {
    const path = hashesOf(header.path);
    if (!path) return false;
    const name = `${header.keyId};${header.size};${header.signature}`;
    const known = this.batches.get(name) ?? new Map<number, Uint8Array>();
    const climbed = this.climb(header, path, leafHash(this.ports.sha256, encoded), known);
    if (!climbed) return false;
    // What is known reaches up to the verified root, and climb has held this leaf's root against it.
    if (known.size === 0 && !this.isSignedRoot(publicKey, header, climbed.root)) return false;
    if (known.size === 0) this.keep(name, known);
    for (const [place, hash] of climbed.fresh) known.set(place, hash);
    return true;
  }

  private isSignedRoot(publicKey: Uint8Array, header: BatchHeader, root: Uint8Array): boolean {
    const signature = base64Decode(header.signature);
    const signed = preAuthenticationEncoding(BATCH_PAYLOAD_TYPE, batchBody(header.size, root));
    return signature !== null && this.ports.verifyEd25519(publicKey, signed, signature);
  }

  /**
   * The way up from the leaf. Null if the path has not the length that index and size demand, or contradicts what is
   * known. Above the first known hash everything is known, so from there on it is only compared.
   */
  private climb(
    { index, size }: BatchHeader,
    path: readonly Uint8Array[],
    leaf: Uint8Array,
    known: KnownHashes,
  ): Climbed | null {
    const fresh: (readonly [number, Uint8Array])[] = [];
    let hash = leaf;
    let used = 0;
    for (let at = index, last = size - 1, level = 0; ; at = half(at), last = half(last), level++) {
      const before = known.get(placeOf(level, at));
      if (!agrees(before, placeOf(level, at), hash, fresh)) return null;
      if (last === 0) return used === path.length ? { root: hash, fresh } : null;
      if (!isOdd(at) && at === last) continue;
      const sibling = path[used++];
      const place = placeOf(level, isOdd(at) ? at - 1 : at + 1);
      if (!sibling || !agrees(known.get(place), place, sibling, fresh)) return null;
      hash = (before && known.get(placeOf(level + 1, half(at)))) ?? this.parentOf(at, hash, sibling);
    }
  }

  private parentOf(at: number, hash: Uint8Array, sibling: Uint8Array): Uint8Array {
    const { sha256 } = this.ports;
    return isOdd(at) ? nodeHash(sha256, sibling, hash) : nodeHash(sha256, hash, sibling);
  }

  private keep(name: string, known: KnownHashes): void {
    const oldest = this.batches.size < REMEMBERED_BATCHES ? undefined : this.batches.keys().next().value;
    if (oldest !== undefined) this.batches.delete(oldest);
    this.batches.set(name, known);
  }
}

/** False if something else is known at that place; what is not known yet joins `fresh`. */
function agrees(
  before: Uint8Array | undefined,
  place: number,
  hash: Uint8Array,
  fresh: (readonly [number, Uint8Array])[],
): boolean {
  if (before) return sameBytes(before, hash);
  fresh.push([place, hash]);
  return true;
}

function hashesOf(text: string): Uint8Array[] | null {
  const bytes = base64Decode(text);
  if (!bytes || bytes.length % HASH_BYTES !== 0 || bytes.length > MAX_PATH_HASHES * HASH_BYTES) return null;
  const hashes: Uint8Array[] = [];
  for (let i = 0; i < bytes.length; i += HASH_BYTES) hashes.push(bytes.subarray(i, i + HASH_BYTES));
  return hashes;
}
