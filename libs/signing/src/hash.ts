import { hash, randomFillSync } from 'node:crypto';
import { uuidV7 } from '@causeway/contracts';

/**
 * SHA-256 of bytes: 32 bytes. In one call: a Hash object a hash costs three times as much, half of it in the garbage
 * collector, and a message is hashed a dozen times on its way.
 */
export const sha256 = (bytes: Uint8Array): Uint8Array => hash('sha256', bytes, 'buffer');

/** SHA-256 as 64 lower-case hex digits. */
export const sha256Hex = (bytes: Uint8Array | string): string => hash('sha256', bytes, 'hex');

const POOL_BYTES = 10 * 1024;
const pool = new Uint8Array(POOL_BYTES);
let used = POOL_BYTES;

/** A fresh event id: UUIDv7 of this moment. Random bytes come from a pool, since one call a message is the hot path. */
export function newEventId(nowMs: number = Date.now()): string {
  if (used + 10 > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  used += 10;
  return uuidV7(nowMs, pool.subarray(used - 10, used));
}
