/**
 * Last line of an export: what makes the rest of it evidence.
 *
 * L1  The checkpoint covers exactly the entries of the file.
 * L2  The leaf hashes add nothing to what is proved (the root says it all); they are there so that a reader whose root differs
 *     can be told which entry it is. They are believed only as far as they lead to the signed root themselves.
 */
import { base64Decode, base64Encode } from '../bytes/base64';
import { joinBytes } from '../bytes/join';
import { canonicalJson, canonicalOrNull } from '../canonical/canonical-json';
import { isRecord, parseJson } from '../entry/ledger-entry';
import { HASH_BYTES } from '../merkle/tree-hash';
import { hasExactly } from './export-header';

export interface ExportSeal {
  /** Signed note of size and root. */
  readonly checkpoint: string;
  /** How many entry lines stand before this line. */
  readonly entries: number;
  /** Signed note of the header's digest (signHeader). */
  readonly headerNote: string;
  /** Leaf hashes of all entries, in order: 32 bytes each. */
  readonly leafHashes: Uint8Array;
}

export type ParsedSeal =
  | { readonly ok: true; readonly seal: ExportSeal }
  | { readonly ok: false; readonly code: 'seal-malformed' | 'seal-not-canonical' };

/** How the text of a seal begins; no entry begins so. */
export const SEAL_START = '{"checkpoint":';

/** The seal's line, without its newline. Hashes may be given one by one or already joined. */
export function sealText(
  seal: Omit<ExportSeal, 'leafHashes'> & { readonly leafHashes: Uint8Array | readonly Uint8Array[] },
): string {
  const { checkpoint, entries, headerNote, leafHashes } = seal;
  const joined = isList(leafHashes) ? joinBytes(leafHashes) : leafHashes;
  return canonicalJson({ checkpoint, entries, headerNote, leafHashes: base64Encode(joined) });
}

const isList = (hashes: Uint8Array | readonly Uint8Array[]): hashes is readonly Uint8Array[] => Array.isArray(hashes);

export function parseSeal(text: string): ParsedSeal {
  const value = parseJson(text);
  if (!isRecord(value) || !hasExactly(value, ['checkpoint', 'entries', 'headerNote', 'leafHashes'])) return MALFORMED;
  const { checkpoint, entries, headerNote, leafHashes } = value;
  if (typeof checkpoint !== 'string' || typeof headerNote !== 'string') return MALFORMED;
  if (typeof entries !== 'number' || typeof leafHashes !== 'string') return MALFORMED;
  const bytes = base64Decode(leafHashes);
  if (!bytes || bytes.length !== entries * HASH_BYTES) return MALFORMED;
  if (canonicalOrNull(value) !== text) return { ok: false, code: 'seal-not-canonical' };
  return { ok: true, seal: { checkpoint, entries, headerNote, leafHashes: bytes } };
}

const MALFORMED: ParsedSeal = { ok: false, code: 'seal-malformed' };
