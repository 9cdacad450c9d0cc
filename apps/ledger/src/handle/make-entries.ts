import { ENTRY_TYPE } from '@causeway/contracts';
import { entryText, leafHash, type LedgerEntry, type Sha256 } from '@causeway/ledger-core';
import type { Released } from './cause-room';
import type { EventArrival, MadeEntry } from './ports';

export interface EntryMaking {
  readonly sha256: Sha256;
  /** `/` and the principal. */
  readonly source: string;
  /** Name of the log. */
  readonly origin: string;
  newId(nowMs: number): string;
}

/** The entries of released events, at the next indices. Made once: these bytes are hashed, stored, published and exported. */
export function makeEntries(
  released: readonly Released<EventArrival>[],
  firstIndex: number,
  nowMs: number,
  making: EntryMaking,
): MadeEntry[] {
  const time = new Date(nowMs).toISOString();
  return released.map((item, i) => {
    const entry = entryOf(item, firstIndex + i, making.newId(nowMs), time, making.source);
    const text = entryText(entry);
    const bytes = Buffer.from(text, 'utf8');
    return {
      index: firstIndex + i,
      arrival: item.event,
      text,
      bytes,
      leafHash: leafHash(making.sha256, bytes),
    };
  });
}

function entryOf(
  { event, causeMissing }: Released<EventArrival>,
  index: number,
  id: string,
  time: string,
  source: string,
): LedgerEntry {
  const { message, topic, partition, offset, key, signature, bytes } = event.received;
  return {
    id,
    type: ENTRY_TYPE,
    source,
    subject: message.subject,
    time,
    correlationId: message.correlationId,
    causationIds: [message.id],
    data: {
      index,
      eventId: message.id,
      eventType: message.type,
      topic,
      partition,
      offset,
      key,
      signature,
      value: bytes.toString('utf8'),
      ...(causeMissing.length > 0 ? { causeMissing } : {}),
    },
  };
}
