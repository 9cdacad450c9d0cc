/**
 * The judgement at the end of an export, when the seal is known: what is to be believed, and so, what is to blame.
 *
 * J1  A seal that is not signed by the ledger's key proves nothing; an entry refused before it is named rather than the seal.
 * J2  A header that the ledger did not sign is to blame for whatever entries were refused under its keys.
 * J3  Leaf hashes that lead to the signed root are true; then the first entry whose hash differs is the first one altered.
 * J4  It is never 'verified' while an entry was refused, whatever the seal says.
 */
import { hexEncode } from '../bytes/hex';
import { sameBytes } from '../bytes/join';
import { utf8Decode } from '../bytes/utf8';
import { openCheckpoint, type SignedTree } from '../checkpoint/checkpoint';
import { ENTRY_START } from '../entry/ledger-entry';
import { faultAtEntry, faultAtLine, lineOfEntry, type ExportFault, type ExportFaultCode } from './export-fault';
import { checkHeaderNote, type OpenedHeader } from './export-header';
import { parseSeal, type ExportSeal } from './export-seal';
import { HashList } from './hash-list';
import type { ExportOptions, ExportVerdict } from './export-verdict';

export interface ReadExport {
  readonly options: ExportOptions;
  readonly header: OpenedHeader;
  readonly headerLine: Uint8Array;
  /** Leaf hashes of the entry lines as read. */
  readonly leaves: HashList;
  /** The first entry that broke a rule. */
  readonly refused: ExportFault | null;
  readonly recordedUntil: string | null;
  readonly sealBytes: Uint8Array;
}

export function judgeExport(read: ReadExport): ExportVerdict {
  const seal = openSeal(read);
  if (!seal.ok) return read.refused ?? seal;
  const headerNote = checkHeaderNote(read.options, seal.seal.headerNote, read.headerLine, read.header.ledgerKey);
  if (headerNote === 'other-header')
    return faultAtLine(1, 'header-altered', 'the header is not the one the ledger signed');
  if (headerNote === 'not-valid')
    return read.refused ?? atSeal(read, 'header-note-invalid', 'the ledger key did not sign the header note');
  const tree = openTree(read, seal.seal);
  if (!tree.ok) return read.refused ?? tree;
  const fault = differenceFrom(read, seal.seal, tree.tree) ?? read.refused;
  return fault ?? verified(read, tree.tree);
}

const atSeal = (read: ReadExport, code: ExportFaultCode, message: string): ExportFault =>
  faultAtLine(lineOfEntry(read.leaves.length), code, message);

function openSeal(read: ReadExport): { readonly ok: true; readonly seal: ExportSeal } | ExportFault {
  const text = utf8Decode(read.sealBytes);
  const parsed = text === null ? { ok: false as const, code: 'not-utf8' as const } : parseSeal(text);
  if (parsed.ok) return parsed;
  if (utf8Decode(read.sealBytes.subarray(0, ENTRY_START.length)) !== ENTRY_START) {
    return atSeal(read, parsed.code, 'the last line is not a seal of this format: cut off or altered');
  }
  return faultAtEntry(
    read.leaves.length,
    'seal-missing',
    'the last line is an entry, or runs into the seal, not a seal',
  );
}

function openTree(read: ReadExport, seal: ExportSeal): { readonly ok: true; readonly tree: SignedTree } | ExportFault {
  const opened = openCheckpoint(read.options, seal.checkpoint, read.header.ledgerKey);
  if (!opened.ok) return atSeal(read, 'checkpoint-invalid', `the checkpoint does not verify: ${opened.code}`);
  if (opened.otherSignatures > 0) return atSeal(read, 'checkpoint-invalid', 'the checkpoint has a second signature');
  if (opened.tree.size === seal.entries) return opened;
  return atSeal(
    read,
    'entry-count-differs',
    `the seal is for ${seal.entries} entries, the checkpoint for ${opened.tree.size}`,
  );
}

/** Null when the entries are exactly those below the signed root. */
function differenceFrom(read: ReadExport, seal: ExportSeal, tree: SignedTree): ExportFault | null {
  const { sha256 } = read.options;
  const sealed = HashList.of(seal.leafHashes);
  const index = read.leaves.firstDifference(sealed);
  if (index === null) {
    if (sameBytes(read.leaves.root(sha256), tree.root)) return null;
    return read.refused ?? atSeal(read, 'root-differs', 'entries and leaf hashes do not lead to the signed root');
  }
  if (sameBytes(sealed.root(sha256), tree.root)) return firstOf(read.refused, entryDiffers(read, index, tree.size));
  if (read.refused) return read.refused;
  const isOfEntries = read.leaves.length === tree.size && sameBytes(read.leaves.root(sha256), tree.root);
  if (isOfEntries)
    return atSeal(read, 'leaf-hashes-altered', 'the leaf hashes in the seal are not those of the entries');
  return atSeal(read, 'root-differs', 'neither the entries nor the leaf hashes lead to the signed root');
}

function entryDiffers(read: ReadExport, index: number, size: number): ExportFault {
  if (index >= size) return faultAtEntry(index, 'entry-surplus', `the signed log ends before index ${index}`);
  if (index >= read.leaves.length)
    return faultAtEntry(index, 'entry-missing', `entries from index ${index} to ${size - 1} are missing`);
  return faultAtEntry(index, 'entry-altered', 'the line is not the one that the ledger signed');
}

/** The earlier place; at the same place the rule that was broken says more than that a hash differs. */
const firstOf = (refused: ExportFault | null, differs: ExportFault): ExportFault =>
  refused && refused.line <= differs.line ? refused : differs;

function verified(read: ReadExport, tree: SignedTree): ExportVerdict {
  return {
    ok: true,
    origin: tree.origin,
    entries: tree.size,
    root: hexEncode(tree.root),
    ledgerKey: read.header.ledgerKeyText,
    recordedUntil: read.recordedUntil,
  };
}
