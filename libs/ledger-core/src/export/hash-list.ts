import { Frontier } from '../merkle/frontier';
import { HASH_BYTES, type Sha256 } from '../merkle/tree-hash';

/** Hashes in order, side by side in one growing array: 32 bytes each and nothing more. */
export class HashList {
  private bytes = new Uint8Array(HASH_BYTES * 1024);
  private count = 0;

  static of(joined: Uint8Array): HashList {
    const list = new HashList();
    list.bytes = joined.slice();
    list.count = joined.length / HASH_BYTES;
    return list;
  }

  get length(): number {
    return this.count;
  }

  push(hash: Uint8Array): void {
    const at = this.count * HASH_BYTES;
    if (at === this.bytes.length) this.grow();
    this.bytes.set(hash, at);
    this.count++;
  }

  /** The first index at which two lists differ, or the shorter length if one only goes on; null if they are equal. */
  firstDifference(other: HashList): number | null {
    const shorter = Math.min(this.count, other.count);
    for (let i = 0; i < shorter * HASH_BYTES; i++) {
      if (this.bytes[i] !== other.bytes[i]) return Math.floor(i / HASH_BYTES);
    }
    return this.count === other.count ? null : shorter;
  }

  /** Root of the tree over the hashes as leaf hashes. */
  root(sha256: Sha256): Uint8Array {
    let frontier = Frontier.empty(sha256);
    for (let i = 0; i < this.count; i += 1024)
      frontier = frontier.appendAll(this.slice(i, Math.min(i + 1024, this.count)));
    return frontier.root();
  }

  private slice(from: number, to: number): Uint8Array[] {
    const hashes: Uint8Array[] = [];
    for (let i = from; i < to; i++) hashes.push(this.bytes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES));
    return hashes;
  }

  private grow(): void {
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, HASH_BYTES));
    larger.set(this.bytes);
    this.bytes = larger;
  }
}
