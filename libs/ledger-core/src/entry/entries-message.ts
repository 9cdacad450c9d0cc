/**
 * Entries on their topic: several in one message.
 *
 * Purpose: the leaves stand in the message word for word, so that nothing is written twice, and whoever reads it has the leaves again.
 *
 * M1  leavesIn(JSON.parse(entriesText(e, leaves))) are the leaves.
 */
import { ENTRIES_TYPE, type Entries, type Entry, type Envelope } from '@causeway/contracts';
import { entryText, type LedgerEntry } from './ledger-entry';

/** The value of a message, but for its entries and its type. */
export type EntriesEnvelope = Omit<Envelope, 'type' | 'data'>;

/** An entry as it was published, with its leaf. */
export interface PublishedEntry {
  readonly entry: LedgerEntry;
  readonly leaf: string;
}

/** @param leaves texts of entries whose indices follow one another, at least one */
export const entriesText = (envelope: EntriesEnvelope, leaves: readonly string[]): string =>
  `${JSON.stringify({ ...envelope, type: ENTRIES_TYPE }).slice(0, -1)},"data":{"entries":[${leaves.join(',')}]}}`;

/** What a message of the ledger's topic holds, in order. Messages of one entry are older than those of several. */
export const leavesIn = (message: Entry | Entries): PublishedEntry[] =>
  (message.type === ENTRIES_TYPE ? message.data.entries : [message]).map((entry) => ({
    entry,
    leaf: entryText(entry),
  }));
