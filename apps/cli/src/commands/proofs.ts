import { writeFileSync } from 'node:fs';
import type { Evidence } from '@causeway/console-api';
import {
  leafHash,
  openCheckpoint,
  parseCheckpoint,
  parseVerifierKey,
  verifyInclusion,
  type SignedTree,
  type VerifierKey,
} from '@causeway/ledger-core';
import { sha256, verifyBytes } from '@causeway/signing';
import { InvalidArgumentError } from 'commander';
import { ProblemFailure } from '../client/console-client';
import { CliFailure, EXIT } from '../exit-codes';
import type { Session } from '../session';

export interface ProofFlags {
  readonly withProofs?: string;
  /** The ledger is known by it; absent: whoever signed is not asked. */
  readonly key?: VerifierKey;
}

/** Reads `--key`, before anything is asked. */
export function ledgerKeyFrom(text: string): VerifierKey {
  const key = parseVerifierKey(sha256, text);
  if (key) return key;
  throw new InvalidArgumentError('It is not a verifier key: <name>+<hash>+<base64>, as the ledger shows it.');
}

/** Entries of one request. */
const CHUNK = 400;
/** A checkpoint comes within a second or two after an entry. */
const PUBLISHED_WITHIN_MS = 15_000;
const RETRY_MS = 500;

/**
 * Writes an answer with everything it rests on: the exact ledger entries that it names, each with its proof against a checkpoint that the
 * ledger signed. What came is checked before it is written: that it is all that was asked for, the proofs, and with a key the signatures.
 */
export async function writeProofs(session: Session, answer: unknown, { withProofs, key }: ProofFlags): Promise<void> {
  if (withProofs === undefined) return;
  const indices = [...indicesIn(answer)].sort((a, b) => a - b);
  const evidence: Evidence[] = [];
  for (let from = 0; from < indices.length; from += CHUNK) {
    const asked = indices.slice(from, from + CHUNK);
    const told = await published(session, asked);
    mustProve(told, asked, key);
    evidence.push(told);
  }
  writeAnswer(withProofs, { answer, evidence });
  tellWritten(session, withProofs, indices.length, evidence);
  if (key === undefined && evidence.length > 0)
    session.io.say('the signature was not checked: give the key that you know the ledger by, --key <vkey>');
}

function writeAnswer(path: string, content: unknown): void {
  try {
    writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`);
  } catch (error) {
    throw new CliFailure(EXIT.badInput, `cannot write ${path}: ${(error as Error).message}`);
  }
}

/** The ledger grows while it is asked, so entries of several requests may stand under several checkpoints. */
function tellWritten({ io }: Session, path: string, count: number, evidence: readonly Evidence[]): void {
  const checkpoints = new Set(evidence.map(({ checkpoint }) => checkpoint)).size;
  const under = checkpoints > 1 ? `, under ${checkpoints} checkpoints` : '';
  io.say(`wrote ${path}: the answer and ${count} ledger entries with their proofs${under}`);
}

/** Every value under `index` or a name that ends with `Index`. */
function indicesIn(value: unknown, found = new Set<number>()): Set<number> {
  if (Array.isArray(value)) value.forEach((item) => indicesIn(item, found));
  else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      const isIndex = (key === 'index' || key.endsWith('Index')) && typeof item === 'string' && /^\d{1,15}$/.test(item);
      if (isIndex) found.add(Number(item));
      else indicesIn(item, found);
    }
  }
  return found;
}

async function published(session: Session, indices: readonly number[]): Promise<Evidence> {
  const { client, io } = session;
  for (const endsAt = io.now() + PUBLISHED_WITHIN_MS; ; await io.sleep(RETRY_MS, io.interrupted)) {
    try {
      return await client.get<Evidence>(`/v1/ledger/evidence?indices=${indices.join(',')}`);
    } catch (error) {
      const isEarly = error instanceof ProblemFailure && error.problem.code === 'entry-not-published';
      if (!isEarly || io.now() > endsAt) throw error;
    }
  }
}

function mustProve(evidence: Evidence, asked: readonly number[], key: VerifierKey | undefined): void {
  const { size, root, checkpoint, entries } = evidence;
  const signed = treeOf(checkpoint, key);
  const isSame = Buffer.from(signed.root).equals(Buffer.from(root, 'base64')) && String(signed.size) === size;
  if (!isSame) throw broken('the checkpoint is not of the tree that is proved');
  const came = entries.map(({ index }) => index).sort((a, b) => Number(a) - Number(b));
  if (came.join() !== asked.join()) throw broken('they are not of the entries that were asked for');
  for (const entry of entries) mustBeIn(signed, entry);
}

function treeOf(checkpoint: string, key: VerifierKey | undefined): SignedTree {
  if (key) {
    const opened = openCheckpoint({ sha256, verifyEd25519: verifyBytes }, checkpoint, key);
    if (opened.ok) return opened.tree;
    throw broken(`the checkpoint: ${opened.code}`);
  }
  const tree = parseCheckpoint(checkpoint.slice(0, checkpoint.lastIndexOf('\n\n') + 1));
  if (tree) return tree;
  throw broken('the checkpoint cannot be read');
}

function mustBeIn({ size, root }: SignedTree, { index, leaf, proof }: Evidence['entries'][number]): void {
  const claim = { index: Number(index), size, leafHash: leafHash(sha256, Buffer.from(leaf, 'utf8')) };
  const hashes = proof.map((text) => Buffer.from(text, 'base64'));
  const verdict = verifyInclusion(sha256, { ...claim, root, proof: hashes });
  if (!verdict.ok) throw broken(`entry ${index}: ${verdict.code}`);
}

const broken = (what: string): CliFailure =>
  new CliFailure(
    EXIT.broken,
    `the server's proofs do not hold: ${what}`,
    'export the ledger and verify it: causeway export -o ledger.jsonl',
  );
