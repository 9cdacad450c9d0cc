import { allTopics, mayWrite, type CheckpointData, type TopicSettings } from '@causeway/contracts';
import {
  encodeVerifierKey,
  EXPORT_FORMAT,
  headerText,
  signHeader,
  type NoteSigner,
  type Sha256,
} from '@causeway/ledger-core';
import type { TrustedKey } from '@causeway/signing';

/**
 * The first line of every export of this log and the ledger's signature under it: whose messages were taken, by which keys, on
 * which topics. Keys that are retired and topics of executors that are gone stand there too: the log holds what they sent. Published with the first checkpoint after a start, so that exports can be written without the ledger's key.
 */
export function makeExportHeader(
  signer: NoteSigner,
  keys: readonly TrustedKey[],
  executors: readonly string[],
  sha256: Sha256,
): NonNullable<CheckpointData['exportHeader']> {
  const topics = topicsEver(executors, keys);
  const line = headerText({
    format: EXPORT_FORMAT,
    origin: signer.name,
    ledgerKey: encodeVerifierKey(sha256, signer),
    keys: keys.map(({ keyId, principal, publicKey }) => ({
      keyId,
      principal,
      publicKey,
      topics: topics.filter((topic) => mayWrite(topic, principal)).map(({ name }) => name),
    })),
  });
  return { line, note: signHeader(sha256, Buffer.from(line, 'utf8'), signer) };
}

const EXECUTOR = 'executor-';

/** The topics of all executors that are configured, or have a key in the trust file, retired or not. */
export function topicsEver(executors: readonly string[], keys: readonly TrustedKey[]): TopicSettings[] {
  const known = keys.map(({ principal }) => principal).filter((principal) => principal.startsWith(EXECUTOR));
  return allTopics([...new Set([...executors, ...known.map((principal) => principal.slice(EXECUTOR.length))])]);
}
