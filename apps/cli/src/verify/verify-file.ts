import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { CLASSIFICATION_TYPE, sequenceIdSeed, uuidFromHash } from '@causeway/contracts';
import { verifyExport, type ExportFault, type LedgerEntry, type VerifiedExport } from '@causeway/ledger-core';
import { sha256, sha256Hex, verifyBytes } from '@causeway/signing';
import { LedgerAccount, type RecordedMessage, type Told } from './ledger-account';
import type { OrderFault } from './order-fault';

/** Line and index of the first thing that is not as it must be. */
interface BrokenExport {
  readonly ok: false;
  readonly line: number;
  readonly index: number | null;
  readonly code: ExportFault['code'] | OrderFault['code'];
  readonly message: string;
}

export type FileVerdict = (VerifiedExport & Told & { readonly fileDigest: string }) | BrokenExport;

const CHUNK_BYTES = 1 << 20;

/**
 * Verifies an export with nothing but the file: first that it is the ledger's whole, unaltered account (ledger-core), then that
 * what it tells was decided in order, and comes out the same when it is computed again (LedgerAccount). The file is read three times, a
 * piece at a time.
 * @throws the file system's error when the file cannot be read
 */
export function verifyFile(path: string, pinnedLedgerKey?: string): FileVerdict {
  const hash = createHash('sha256');
  const verdict = verifyExport(
    chunksOf(path, (chunk) => hash.update(chunk)),
    {
      sha256,
      verifyEd25519: verifyBytes,
      pinnedLedgerKey,
    },
  );
  if (!verdict.ok) return { ...verdict, index: verdict.index ?? null };
  const account = new LedgerAccount(sha256Hex, sequenceIdFor);
  const fault = firstFault(account, path, verdict);
  if (fault) return { ok: false, line: fault.index + 2, ...fault };
  return { ...verdict, ...account.told, fileDigest: hash.digest('hex') };
}

const sequenceIdFor = (principal: string, key: string): string =>
  uuidFromHash(sha256(Buffer.from(sequenceIdSeed(principal, key))));

function firstFault(
  account: LedgerAccount,
  path: string,
  { entries, recordedUntil }: VerifiedExport,
): OrderFault | null {
  for (const entry of entriesOf(path, entries, CLASSIFICATION_TYPE)) account.foresee(entry);
  for (const entry of entriesOf(path, entries)) {
    const fault = account.take(entry);
    if (fault) return fault;
  }
  return account.end(recordedUntil);
}

/** @param containing only lines with this text are read at all: most of a ledger is not needed twice */
function* entriesOf(path: string, entries: number, containing = ''): Generator<RecordedMessage> {
  let line = 0;
  for (const text of linesOf(path)) {
    if (line >= 1 && line <= entries && text.includes(containing)) {
      const { data, time } = JSON.parse(text) as Pick<LedgerEntry, 'data' | 'time'>;
      const { index, eventType: type, value, causeMissing = [] } = data;
      yield { index, recordedAt: time, type, value, causeMissing };
    }
    line++;
  }
}

function* chunksOf(path: string, onChunk: (chunk: Uint8Array) => void = () => undefined): Generator<Uint8Array> {
  const file = openSync(path, 'r');
  try {
    for (;;) {
      const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
      const length = readSync(file, buffer, 0, CHUNK_BYTES, null);
      if (length === 0) return;
      const chunk = buffer.subarray(0, length);
      onChunk(chunk);
      yield chunk;
    }
  } finally {
    closeSync(file);
  }
}

function* linesOf(path: string): Generator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for (const chunk of chunksOf(path)) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      yield Buffer.concat([rest, chunk.subarray(from, end)]).toString('utf8');
      rest = Buffer.alloc(0);
      from = end + 1;
    }
    rest = Buffer.concat([rest, chunk.subarray(from)]);
  }
}
