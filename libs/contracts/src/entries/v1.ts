import { z } from 'zod';
import { entry } from '../entry/v1';
import { envelopeOf } from '../envelope/v1';

export const ENTRIES_TYPE = 'causeway.entries.appended.v1';

/**
 * Entries as they are published: several in one message, with one signature, one set of headers and one record of the broker. Each is
 * the leaf, word for word, so its canonical JSON (RFC 8785) is the leaf again. Indices follow one another; what was sent before may come
 * again, cut into other messages.
 */
export const entriesData = z.strictObject({ entries: z.array(entry).min(1).max(1_000) });

export const entries = envelopeOf(ENTRIES_TYPE, entriesData);
export type EntriesData = z.output<typeof entriesData>;
export type Entries = z.output<typeof entries>;
