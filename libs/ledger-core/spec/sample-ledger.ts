/** A small real ledger for specs: real hashes, real keys, messages signed by the senders' own room. */
import { generateKeyPairSync, hash, sign, type KeyObject } from 'node:crypto';
import { createSigner, verifyBytes, type Signer } from '@causeway/signing';
import {
  encodeVerifierKey,
  entryBytes,
  Frontier,
  headerText,
  leafHash,
  sealText,
  signCheckpoint,
  signHeader,
  type ExportHeader,
  type LedgerEntry,
  type LedgerEntryData,
  type NotePorts,
  type NoteSigner,
} from '../src/index';

export const sha256 = (bytes: Uint8Array): Uint8Array => hash('sha256', bytes, 'buffer');
export const ports: NotePorts = { sha256, verifyEd25519: verifyBytes };

export const ORIGIN = 'causeway.example/demo';

const rawPublicKey = (key: KeyObject): Uint8Array =>
  new Uint8Array(key.export({ type: 'spki', format: 'der' }).subarray(-32));

export function noteSigner(name: string): NoteSigner {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return { name, publicKey: rawPublicKey(publicKey), sign: (bytes) => new Uint8Array(sign(null, bytes, privateKey)) };
}

export interface Principal {
  readonly name: string;
  readonly signer: Signer;
  readonly publicKey: string;
}

export function principal(name: string): Principal {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return {
    name,
    signer: createSigner({ principal: name, keyId: `${name}/1`, privateKey: pem }),
    publicKey: Buffer.from(rawPublicKey(publicKey)).toString('base64'),
  };
}

export const uuid = (n: number): string => `0198f0a0-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

export interface SampleMessage {
  readonly id: string;
  readonly source: string;
  readonly topic: string;
  readonly value: string;
}

/** The n-th message of a story in which each is caused by the one before. */
export function sampleMessage(n: number, source = 'sequencer', note = 'waits for eu-west'): SampleMessage {
  const id = uuid(n);
  const value = JSON.stringify({
    id,
    type: 'causeway.record.decided.v1',
    source: `/${source}`,
    subject: uuid(0),
    time: '2026-01-31T12:00:00.000Z',
    correlationId: uuid(0),
    causationIds: n === 0 ? [] : [uuid(n - 1)],
    data: { step: 'gateway', note, at: n },
  });
  return { id, source, topic: 'causeway.records.v1', value };
}

export function entryOf(
  index: number,
  message: SampleMessage,
  signature: string,
  more: Partial<LedgerEntryData> = {},
): LedgerEntry {
  return {
    id: uuid(1_000_000_000 + index),
    type: 'causeway.entry.appended.v1',
    source: '/ledger',
    subject: ORIGIN,
    time: '2026-01-31T12:00:01.000Z',
    correlationId: uuid(0),
    causationIds: [message.id],
    data: {
      index,
      eventId: message.id,
      eventType: 'causeway.record.decided.v1',
      topic: message.topic,
      partition: 0,
      offset: String(index),
      key: null,
      signature,
      value: message.value,
      ...more,
    },
  };
}

export interface SampleLedger {
  readonly ledger: NoteSigner;
  readonly ledgerKey: string;
  readonly header: ExportHeader;
  readonly entries: readonly LedgerEntry[];
}

/** Messages signed in the batches given: [1, 4] is one alone and then four together. */
export function sampleLedger(batches: readonly number[]): SampleLedger {
  const ledger = noteSigner(ORIGIN);
  const sequencer = principal('sequencer');
  const prober = principal('readiness-prober');
  const ledgerKey = encodeVerifierKey(sha256, ledger);
  const header: ExportHeader = {
    format: 'causeway-export/v1',
    origin: ORIGIN,
    ledgerKey,
    keys: [
      { keyId: 'sequencer/1', principal: 'sequencer', publicKey: sequencer.publicKey, topics: ['causeway.records.v1'] },
      { keyId: 'readiness-prober/1', principal: 'readiness-prober', publicKey: prober.publicKey, topics: [] },
    ],
  };
  const entries: LedgerEntry[] = [];
  for (const size of batches) {
    const messages = Array.from({ length: size }, (_, i) => sampleMessage(entries.length + i));
    const signatures = sequencer.signer.sign(messages.map(({ value }) => Buffer.from(value)));
    messages.forEach((message, i) => entries.push(entryOf(entries.length, message, signatures[i] as string)));
  }
  return { ledger, ledgerKey, header, entries };
}

const encoder = new TextEncoder();

/** The file, with lines and seal as the ledger would write them over exactly these entry lines. */
export function exportOf(
  sample: SampleLedger,
  lines: readonly Uint8Array[] = sample.entries.map(entryBytes),
): Uint8Array {
  const headerLine = encoder.encode(headerText(sample.header));
  const leafHashes = lines.map((line) => leafHash(sha256, line));
  const tree = Frontier.empty(sha256).appendAll(leafHashes);
  const seal = sealText({
    checkpoint: signCheckpoint(sha256, { origin: ORIGIN, size: tree.size, root: tree.root() }, sample.ledger),
    entries: lines.length,
    headerNote: signHeader(sha256, headerLine, sample.ledger),
    leafHashes,
  });
  return fileOf([headerLine, ...lines, encoder.encode(seal)]);
}

export const fileOf = (lines: readonly Uint8Array[]): Uint8Array =>
  new Uint8Array(Buffer.concat(lines.flatMap((line) => [line, Uint8Array.of(0x0a)])));
