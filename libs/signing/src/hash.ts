import { createHash, randomFillSync } from 'node:crypto';
import { uuidV7 } from '@causeway/contracts';

/** SHA-256 of bytes: 32 bytes. */
export const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** SHA-256 as 64 lower-case hex digits. */
export const sha256Hex = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

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
