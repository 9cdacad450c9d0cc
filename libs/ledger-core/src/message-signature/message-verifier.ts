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
import type { NotePorts } from '../checkpoint/signed-note';
import { half, HASH_BYTES, isOdd, leafHash, nodeHash, type Sha256 } from '../merkle/tree-hash';

/** Batches remembered at a time, the oldest forgotten first. A batch is normally read soon after it was written. */
const REMEMBERED_BATCHES = 64;

type BatchHeader = Extract<SignatureHeader, { form: 'batch' }>;

/** Hashes known to lie under a verified root, by level and index. */
type KnownHashes = Map<number, Uint8Array>;
/** Level and index as one number: the index in a batch stays below 2^24. */
const placeOf = (level: number, index: number): number => level * 2 ** 24 + index;

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
    const path = base64Decode(header.path);
    if (!path || path.length % HASH_BYTES !== 0 || path.length > MAX_PATH_HASHES * HASH_BYTES) return false;
    const name = `${header.keyId};${header.size};${header.signature}`;
    const known = this.batches.get(name);
    const climb = new Climb(this.ports.sha256, known ?? new Map(), path);
    const root = climb.rootAbove(leafHash(this.ports.sha256, encoded), header.index, header.size);
    if (!root) return false;
    // What is known reaches up to the verified root, so a climb that agrees with it needs no second look at the signature.
    if (!known && !this.isSignedRoot(publicKey, header, root)) return false;
    climb.remember();
    if (!known) this.keep(name, climb.known);
    return true;
  }

  private isSignedRoot(publicKey: Uint8Array, header: BatchHeader, root: Uint8Array): boolean {
    const signature = base64Decode(header.signature);
    const signed = preAuthenticationEncoding(BATCH_PAYLOAD_TYPE, batchBody(header.size, root));
    return signature !== null && this.ports.verifyEd25519(publicKey, signed, signature);
  }

  private keep(name: string, known: KnownHashes): void {
    const oldest = this.batches.size < REMEMBERED_BATCHES ? undefined : this.batches.keys().next().value;
    if (oldest !== undefined) this.batches.delete(oldest);
    this.batches.set(name, known);
  }
}

/** The way from one leaf up to the root of its batch. */
class Climb {
  private readonly freshPlaces: number[] = [];
  private readonly freshHashes: Uint8Array[] = [];

  constructor(
    private readonly sha256: Sha256,
    readonly known: KnownHashes,
    private readonly path: Uint8Array,
  ) {}

  /**
   * The root, or null if the path has not the length that index and size demand, or contradicts what is known.
   * Above the first known hash everything is known, so from there on it is only compared.
   */
  rootAbove(leaf: Uint8Array, index: number, size: number): Uint8Array | null {
    let hash = leaf;
    let used = 0;
    for (let at = index, last = size - 1, level = 0; ; at = half(at), last = half(last), level++) {
      const before = this.known.get(placeOf(level, at));
      if (!this.agrees(before, placeOf(level, at), hash, 0)) return null;
      if (last === 0) return used === this.path.length ? hash : null;
      if (!isOdd(at) && at === last) continue;
      const place = placeOf(level, isOdd(at) ? at - 1 : at + 1);
      if (used === this.path.length || !this.agrees(this.known.get(place), place, this.path, used)) return null;
      hash = (before && this.known.get(placeOf(level + 1, half(at)))) ?? this.parentOf(at, hash, used);
      used += HASH_BYTES;
    }
  }

  /** To be called only once the root has verified. */
  remember(): void {
    this.freshPlaces.forEach((place, i) => this.known.set(place, this.freshHashes[i] as Uint8Array));
  }

  /** False if something else is known at that place; a hash not known yet is noted, to be remembered later. */
  private agrees(before: Uint8Array | undefined, place: number, bytes: Uint8Array, from: number): boolean {
    if (!before) {
      this.freshPlaces.push(place);
      this.freshHashes.push(bytes.subarray(from, from + HASH_BYTES));
      return true;
    }
    for (let i = 0; i < HASH_BYTES; i++) if (before[i] !== bytes[from + i]) return false;
    return true;
  }

  private parentOf(at: number, hash: Uint8Array, from: number): Uint8Array {
    const sibling = this.path.subarray(from, from + HASH_BYTES);
    return isOdd(at) ? nodeHash(this.sha256, sibling, hash) : nodeHash(this.sha256, hash, sibling);
  }
}
