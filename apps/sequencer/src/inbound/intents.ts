import { sequenceIdSeed, uuidFromHash, type Intent, type Target } from '@causeway/contracts';
import { canonicalJson } from '@causeway/ledger-core';
import type { Received } from '@causeway/messaging';
import { sha256, sha256Hex } from '@causeway/signing';
import type { Pending } from '../handle/pending';

/** A change intent, from an upstream system or through the console: the way in is the same. */
export function pendingIntent({ message, principal }: Received<Intent>, targets: ReadonlyMap<string, Target>): Pending {
  const { id: eventId, data } = message;
  return {
    sequenceId: uuidFromHash(sha256(Buffer.from(sequenceIdSeed(principal, data.key)))),
    eventId,
    input: {
      kind: 'intent-received',
      eventId,
      publisher: principal,
      data,
      planDigest: sha256Hex(canonicalJson(data.plan)),
      targets,
    },
  };
}
