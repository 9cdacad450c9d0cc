/**
 * Signed notes (C2SP signed-note): a text, a blank line, signature lines.
 *
 * Purpose: the one form in which this ledger signs a statement about itself.
 * Owns: the spelling of notes and of verifier keys; what a note says is its caller's business.
 *
 * N1  One note, one text: whatever differs from what signNote writes in any byte is refused or does not verify.
 * N2  The signature is over the UTF-8 bytes of the text, its final newline included.
 * N3  A key is known by name and key hash together; a signature line of the known key that does not verify refuses the
 *     note, and a line of an unknown key (a witness, say) is counted but proves nothing.
 */
import { base64Decode, base64Encode } from '../bytes/base64';
import { joinBytes, sameBytes } from '../bytes/join';
import { utf8Encode } from '../bytes/utf8';
import { isWellFormed } from '../canonical/canonical-rules';
import { isKeyName, keyHashOf, type VerifierKey } from './verifier-key';
import type { Sha256 } from '../merkle/tree-hash';

/** Ed25519 as data: 64 bytes of signature over the bytes. */
export type SignEd25519 = (bytes: Uint8Array) => Uint8Array;
/** Must answer false, not throw, for a key or signature that is none. */
export type VerifyEd25519 = (publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array) => boolean;

export interface NoteSigner {
  /** Key name; for a ledger, its origin. */
  readonly name: string;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly sign: SignEd25519;
}

export interface NotePorts {
  readonly sha256: Sha256;
  readonly verifyEd25519: VerifyEd25519;
}

export type NoteFault = 'note-malformed' | 'note-not-signed-by-key' | 'note-signature-invalid';

export type OpenedNote =
  | { readonly ok: true; readonly text: string; readonly otherSignatures: number }
  | { readonly ok: false; readonly code: NoteFault };

/** Signature lines, to bound the work on a note from outside. */
const SIGNATURE_LIMIT = 100;
const KEY_HASH_BYTES = 4;
const SIGNATURE_BYTES = 64;
const SIGNATURE_LINE = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/=]+)$/u;

interface SignatureLine {
  readonly name: string;
  readonly keyHash: Uint8Array;
  readonly signature: Uint8Array;
}

/** @throws RangeError if the text or a name cannot be written in a note */
export function signNote(sha256: Sha256, text: string, signers: readonly NoteSigner[]): string {
  if (!isNoteText(text)) throw new RangeError('a note is lines of text without control characters, each ended by LF');
  const bytes = utf8Encode(text);
  return `${text}\n${signers.map((signer) => signatureLine(sha256, bytes, signer)).join('')}`;
}

function signatureLine(sha256: Sha256, bytes: Uint8Array, signer: NoteSigner): string {
  if (!isKeyName(signer.name)) throw new RangeError('a key name is not empty and holds no white space and no "+"');
  return `\u2014 ${signer.name} ${base64Encode(joinBytes([keyHashOf(sha256, signer), signer.sign(bytes)]))}\n`;
}

/** The text of a note that this key has signed. */
export function openNote(ports: NotePorts, note: string, key: VerifierKey): OpenedNote {
  const parsed = parseNote(note);
  if (!parsed) return { ok: false, code: 'note-malformed' };
  const keyHash = keyHashOf(ports.sha256, key);
  const own = parsed.lines.filter((line) => line.name === key.name && sameBytes(line.keyHash, keyHash));
  if (own.length === 0) return { ok: false, code: 'note-not-signed-by-key' };
  const bytes = utf8Encode(parsed.text);
  const isSigned = own.length === 1 && own.every((line) => verifyLine(ports, key, bytes, line));
  if (!isSigned) return { ok: false, code: 'note-signature-invalid' };
  return { ok: true, text: parsed.text, otherSignatures: parsed.lines.length - 1 };
}

const verifyLine = (ports: NotePorts, key: VerifierKey, bytes: Uint8Array, line: SignatureLine): boolean =>
  line.signature.length === SIGNATURE_BYTES && ports.verifyEd25519(key.publicKey, bytes, line.signature);

function parseNote(note: string): { text: string; lines: readonly SignatureLine[] } | null {
  const blank = note.lastIndexOf('\n\n');
  const text = note.slice(0, blank + 1);
  const signatures = note.slice(blank + 2);
  if (blank < 1 || !isNoteText(text) || !signatures.endsWith('\n')) return null;
  const lines = signatures
    .slice(0, -1)
    .split('\n', SIGNATURE_LIMIT + 1)
    .map(parseSignatureLine);
  if (lines.length > SIGNATURE_LIMIT) return null;
  return lines.every((line) => line !== null) ? { text, lines } : null;
}

function parseSignatureLine(text: string): SignatureLine | null {
  const [, name = '', encoded = ''] = SIGNATURE_LINE.exec(text) ?? [];
  const bytes = base64Decode(encoded);
  if (!isKeyName(name) || !bytes || bytes.length <= KEY_HASH_BYTES) return null;
  return { name, keyHash: bytes.slice(0, KEY_HASH_BYTES), signature: bytes.slice(KEY_HASH_BYTES) };
}

/** Well-formed lines, each ended by LF, without another control character below U+0020. */
function isNoteText(text: string): boolean {
  if (!text.endsWith('\n') || !isWellFormed(text)) return false;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x20 && unit !== 0x0a) return false;
  }
  return true;
}
