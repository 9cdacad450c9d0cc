import { limits } from '@causeway/contracts';

/** Bytes of readings or sights in one message; the rest of its limit is for the envelope. */
export const MAX_SEEN_BYTES = limits.messageBytes - 16 * 1024;
