import { INTENT_TYPE, sequenceIdSeed, uuidFromHash, type Message } from '@causeway/contracts';
import type { LedgerEntry } from '@causeway/ledger-core';
import { sha256 } from '@causeway/signing';

/** A ledger entry with the recorded message parsed, as the projection takes it. */
export interface Recorded {
  readonly index: number;
  /** RFC 3339, when the ledger recorded it. */
  readonly recordedAt: string;
  readonly eventId: string;
  readonly type: string;
  readonly topic: string;
  /** The leaf's exact text. */
  readonly leaf: string;
  readonly message: Message;
  readonly sequenceId: string | null;
  readonly step: string | null;
}

/** @param leaf the entry's exact text, as it was signed and hashed */
export function recordedOf({ time, data }: LedgerEntry, leaf: string): Recorded {
  // The ledger let in only what parsed under its schema, and signed it: it is not checked a second time.
  const message = JSON.parse(data.value) as Message;
  const { index, eventId, eventType: type, topic } = data;
  return {
    index,
    recordedAt: time,
    eventId,
    type,
    topic,
    leaf,
    message,
    sequenceId: sequenceOf(message),
    step: stepOf(message),
  };
}

/** The sequence a message belongs to. Dead letters belong to none. */
function sequenceOf(message: Message): string | null {
  if (message.type === INTENT_TYPE) {
    const principal = message.source.slice(1);
    return sequenceIdFor(principal, message.data.key);
  }
  return 'sequenceId' in message.data ? message.data.sequenceId : null;
}

/** The step a message is about; null for records, which may speak of several. */
const stepOf = (message: Message): string | null => ('step' in message.data ? message.data.step : null);

/** Id of the sequence that a publisher's key names: the same key, the same sequence. */
export const sequenceIdFor = (principal: string, key: string): string =>
  uuidFromHash(sha256(Buffer.from(sequenceIdSeed(principal, key))));
