import { sequenceId, sequenceIdSeed, uuidFromHash } from '@causeway/contracts';
import { sha256 } from '@causeway/signing';

/** Intents over HTTP are published by the console. */
const PUBLISHER = 'console';

/** A sequence by its id, or by the key that it was submitted with. */
export const sequenceIdFrom = (ref: string): string =>
  sequenceId.safeParse(ref).success ? ref : uuidFromHash(sha256(Buffer.from(sequenceIdSeed(PUBLISHER, ref))));

export const isSequenceId = (ref: string): boolean => sequenceId.safeParse(ref).success;
