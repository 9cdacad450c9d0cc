import { writeFileSync } from 'node:fs';
import type { Evidence } from '@causeway/console-api';
import { leafHash, parseCheckpoint, verifyInclusion } from '@causeway/ledger-core';
import { sha256 } from '@causeway/signing';
import { ProblemFailure } from '../client/console-client';
import { CliFailure, EXIT } from '../exit-codes';
import type { Session } from '../session';

export interface ProofFlags {
  readonly withProofs?: string;
}

/** Entries of one request. */
const CHUNK = 400;
/** A checkpoint comes within a second or two after an entry. */
const PUBLISHED_WITHIN_MS = 15_000;
const RETRY_MS = 500;

/**
 * Writes an answer with everything it rests on: the exact ledger entries that it names, each with its proof against a checkpoint that the
 * ledger signed. The proofs are checked before they are written.
 */
export async function writeProofs(session: Session, answer: unknown, { withProofs }: ProofFlags): Promise<void> {
  if (withProofs === undefined) return;
  const indices = [...indicesIn(answer)].sort((a, b) => a - b);
  const evidence: Evidence[] = [];
  for (let from = 0; from < indices.length; from += CHUNK) {
    evidence.push(await published(session, indices.slice(from, from + CHUNK)));
  }
  evidence.forEach(mustProve);
  try {
    writeFileSync(withProofs, `${JSON.stringify({ answer, evidence }, null, 2)}\n`);
  } catch (error) {
    throw new CliFailure(EXIT.badInput, `cannot write ${withProofs}: ${(error as Error).message}`);
  }
  session.io.say(`wrote ${withProofs}: the answer and ${indices.length} ledger entries with their proofs`);
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

function mustProve({ size, root, checkpoint, entries }: Evidence): void {
  const signed = parseCheckpoint(checkpoint.slice(0, checkpoint.lastIndexOf('\n\n') + 1));
  const isSigned = signed !== null && Buffer.from(signed.root).equals(Buffer.from(root, 'base64'));
  if (!isSigned || String(signed.size) !== size) throw broken('the checkpoint is not of the tree that is proved');
  for (const { index, leaf, proof } of entries) {
    const claim = { index: Number(index), size: Number(size), leafHash: leafHash(sha256, Buffer.from(leaf, 'utf8')) };
    const hashes = proof.map((text) => Buffer.from(text, 'base64'));
    const verdict = verifyInclusion(sha256, { ...claim, root: signed.root, proof: hashes });
    if (!verdict.ok) throw broken(`entry ${index}: ${verdict.code}`);
  }
}

const broken = (what: string): CliFailure =>
  new CliFailure(
    EXIT.broken,
    `the server's proofs do not hold: ${what}`,
    'export the ledger and verify it: causeway export -o ledger.jsonl',
  );
