import { z } from 'zod';
import { envelopeOf } from '../envelope/v1';
import { eventId } from '../ids';

export const ENTRY_TYPE = 'causeway.entry.appended.v1';

/**
 * A message as recorded. The canonical JSON (RFC 8785) of the whole envelope is the leaf of the tree, the stored row, the
 * message on causeway.ledger.v1 and the line of an export: the same bytes everywhere. The envelope's causationIds name
 * the recorded message; its time is when it was recorded.
 */
export const entryData = z.strictObject({
  /** Place in the log, from 0, without gaps. */
  index: z.int().min(0),
  eventId,
  eventType: z.string(),
  topic: z.string(),
  partition: z.int().min(0),
  offset: z.string().regex(/^[0-9]{1,20}$/),
  key: z.string().nullable(),
  /** The message's signature header, as received. */
  signature: z.string(),
  /** The message's value, as received (its exact UTF-8 text). */
  value: z.string(),
  /** Causes that were still not in when the waiting time was over. */
  causeMissing: z.array(eventId).optional(),
});

export const entry = envelopeOf(ENTRY_TYPE, entryData);
export type EntryData = z.output<typeof entryData>;
export type Entry = z.output<typeof entry>;
