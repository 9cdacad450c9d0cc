/**
 * First line of an export: whose log this is, and the keys under which its messages were taken.
 *
 * H1  parseHeader accepts only the canonical JSON that headerText writes.
 * H2  The ledger signs the header's digest as a note of its own (the header note in the seal), so that keys cannot be added
 *     or exchanged without the ledger's key. The first lines of note and checkpoint differ in form, and the second lines
 *     too (a digest is no size), so that neither can be passed off as the other.
 */
import { base64Decode } from '../bytes/base64';
import { hexEncode } from '../bytes/hex';
import { canonicalJson, canonicalOrNull } from '../canonical/canonical-json';
import { openNote, signNote, type NotePorts, type NoteSigner } from '../checkpoint/signed-note';
import { parseVerifierKey, type VerifierKey } from '../checkpoint/verifier-key';
import { isRecord, isTextList, parseJson } from '../entry/ledger-entry';
import type { Sha256 } from '../merkle/tree-hash';
import { faultAtLine, type ExportFault, type ExportFaultCode } from './export-fault';

export const EXPORT_FORMAT = 'causeway-export/v1';
const HEADER_NOTE = 'causeway-export-header/v1';
const PUBLIC_KEY_BYTES = 32;

/** One key of one principal, and the topics on which its messages were taken. */
export interface ExportKey {
  readonly keyId: string;
  readonly principal: string;
  /** 32 bytes of Ed25519, base64. */
  readonly publicKey: string;
  readonly topics: readonly string[];
}

export interface ExportHeader {
  readonly format: typeof EXPORT_FORMAT;
  readonly origin: string;
  /** Verifier key of the checkpoints (C2SP vkey); its name is the origin. */
  readonly ledgerKey: string;
  readonly keys: readonly ExportKey[];
}

export interface KnownKey {
  readonly principal: string;
  readonly publicKey: Uint8Array;
  readonly topics: ReadonlySet<string>;
}

export interface OpenedHeader {
  readonly ok: true;
  readonly origin: string;
  readonly ledgerKey: VerifierKey;
  /** The same in its one text form. */
  readonly ledgerKeyText: string;
  readonly keys: ReadonlyMap<string, KnownKey>;
}

/** The header's line, without its newline. */
export const headerText = (header: ExportHeader): string => canonicalJson(header);

const headerStatement = (sha256: Sha256, headerLine: Uint8Array): string =>
  `${HEADER_NOTE}\nsha256:${hexEncode(sha256(headerLine))}\n`;

/**
 * The ledger's signature under a header, for the seals of all exports that begin with it.
 * @param headerLine the line's bytes without the newline
 */
export const signHeader = (sha256: Sha256, headerLine: Uint8Array, signer: NoteSigner): string =>
  signNote(sha256, headerStatement(sha256, headerLine), [signer]);

/** What a header note says about this header line. */
export function checkHeaderNote(
  ports: NotePorts,
  note: string,
  headerLine: Uint8Array,
  key: VerifierKey,
): 'covers' | 'other-header' | 'not-valid' {
  const opened = openNote(ports, note, key);
  if (!opened.ok || opened.otherSignatures > 0 || !opened.text.startsWith(`${HEADER_NOTE}\n`)) return 'not-valid';
  return opened.text === headerStatement(ports.sha256, headerLine) ? 'covers' : 'other-header';
}

const fault = (code: ExportFaultCode, message: string): ExportFault => faultAtLine(1, code, message);

export function parseHeader(sha256: Sha256, text: string): OpenedHeader | ExportFault {
  const value = parseJson(text);
  if (!isHeader(value)) return fault('header-malformed', `line 1 is not a header of ${EXPORT_FORMAT}`);
  if (canonicalOrNull(value) !== text) return fault('header-not-canonical', 'line 1 is not canonical JSON (RFC 8785)');
  const ledgerKey = parseVerifierKey(sha256, value.ledgerKey);
  if (ledgerKey?.name !== value.origin) {
    return fault('ledger-key-malformed', 'the ledger key is not a verifier key with the origin as its name');
  }
  const keys = new Map<string, KnownKey>();
  for (const { keyId, principal, publicKey, topics } of value.keys) {
    const bytes = base64Decode(publicKey);
    if (bytes?.length !== PUBLIC_KEY_BYTES) return fault('key-malformed', `key ${keyId} is not 32 bytes in base64`);
    if (keys.has(keyId)) return fault('key-repeated', `key ${keyId} is in the list twice`);
    keys.set(keyId, { principal, publicKey: bytes, topics: new Set(topics) });
  }
  return { ok: true, origin: value.origin, ledgerKey, ledgerKeyText: value.ledgerKey, keys };
}

export const hasExactly = (value: Readonly<Record<string, unknown>>, names: readonly string[]): boolean =>
  Object.keys(value).length === names.length && names.every((name) => Object.hasOwn(value, name));

function isHeader(value: unknown): value is ExportHeader {
  if (!isRecord(value) || !hasExactly(value, ['format', 'origin', 'ledgerKey', 'keys'])) return false;
  const { format, origin, ledgerKey, keys } = value;
  if (format !== EXPORT_FORMAT || typeof origin !== 'string' || typeof ledgerKey !== 'string') return false;
  return Array.isArray(keys) && keys.every(isExportKey);
}

function isExportKey(value: unknown): value is ExportKey {
  if (!isRecord(value) || !hasExactly(value, ['keyId', 'principal', 'publicKey', 'topics'])) return false;
  const { keyId, principal, publicKey, topics } = value;
  return [keyId, principal, publicKey].every((text) => typeof text === 'string') && isTextList(topics);
}
