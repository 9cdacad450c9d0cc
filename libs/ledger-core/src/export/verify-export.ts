/**
 * Verification of an export: no service, no network, no database.
 *
 * Purpose: to say that a file is the ledger's own, whole and unaltered account, or which line is not.
 * Owns: the order in which things are believed. The checks of one line are in entry-rules, the judgement of the
 * whole in judge-export.
 *
 * X1  A change of any one byte of the file, newlines included, is a fault at the line it was made in.
 * X2  After the first refused entry the rest is still hashed: whether the header or the entry is to blame, and whether an
 *     earlier entry was altered where no rule can see it, is only known from the seal.
 * X3  One pass, one line in memory; besides, per entry, a hash and two ids.
 */
import { utf8Decode } from '../bytes/utf8';
import { leafHash } from '../merkle/tree-hash';
import { byteLines, type ByteLine } from './byte-lines';
import { EntryRules } from './entry-rules';
import { faultAtEntry, faultAtLine, lineOfEntry, type ExportFault } from './export-fault';
import { parseHeader, type OpenedHeader } from './export-header';
import type { ExportOptions, ExportVerdict } from './export-verdict';
import { HashList } from './hash-list';
import { judgeExport } from './judge-export';

/** @param file the whole file, or its pieces in order (each a buffer of its own: none may be filled again) */
export function verifyExport(file: Uint8Array | Iterable<Uint8Array>, options: ExportOptions): ExportVerdict {
  const lines = byteLines(file instanceof Uint8Array ? [file] : file);
  const first = lines.next();
  if (first.done) return faultAtLine(1, 'empty', 'the file is empty');
  const header = openHeader(first.value, options);
  return header.ok ? verifyBody(first.value.bytes, header, lines, options) : header;
}

function openHeader(line: ByteLine, options: ExportOptions): OpenedHeader | ExportFault {
  const text = utf8Decode(line.bytes);
  if (text === null) return faultAtLine(1, 'not-utf8', 'the line is not UTF-8');
  const header = parseHeader(options.sha256, text);
  if (!header.ok) return header;
  const { pinnedLedgerKey } = options;
  if (pinnedLedgerKey !== undefined && header.ledgerKeyText !== pinnedLedgerKey) {
    return faultAtLine(1, 'ledger-key-not-pinned', `the file is of another ledger than ${pinnedLedgerKey}`);
  }
  return line.ended ? header : faultAtLine(1, 'seal-missing', 'the file ends with its header');
}

function verifyBody(
  headerLine: Uint8Array,
  header: OpenedHeader,
  lines: Iterable<ByteLine>,
  options: ExportOptions,
): ExportVerdict {
  const rules = new EntryRules(options, header.keys);
  const leaves = new HashList();
  let refused: ExportFault | null = null;
  let last: ByteLine | null = null;
  for (const line of lines) {
    // Only the line after it tells that a line is not the seal.
    if (last) refused = takeEntry(last.bytes, rules, leaves, refused, options);
    last = line;
  }
  const sealLine = lineOfEntry(leaves.length);
  if (!last) return faultAtLine(sealLine, 'seal-missing', 'the file ends without a seal');
  if (!last.ended) {
    return (
      refused ??
      faultAtLine(sealLine, 'last-line-not-ended', 'the last line is not ended: the file is cut off or altered')
    );
  }
  return judgeExport({
    options,
    header,
    headerLine,
    leaves,
    refused,
    recordedUntil: rules.recordedUntil,
    sealBytes: last.bytes,
  });
}

function takeEntry(
  line: Uint8Array,
  rules: EntryRules,
  leaves: HashList,
  refused: ExportFault | null,
  { sha256 }: ExportOptions,
): ExportFault | null {
  const refusal = refused ? null : rules.refusalOf(line);
  const index = leaves.length;
  leaves.push(leafHash(sha256, line));
  if (!refusal) return refused;
  if (refusal.code === 'seal-not-last') return faultAtLine(lineOfEntry(index), refusal.code, refusal.message);
  return faultAtEntry(index, refusal.code, refusal.message);
}
