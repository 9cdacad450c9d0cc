import { sealText } from '@causeway/ledger-core';
import type { Database } from '@causeway/persistence';
import { findExportHeader, leafHashes, leavesFrom, newestCheckpoint, type PageBounds } from '../store/question-store';
import { Refused } from './refused';

export interface ReadyExport {
  readonly size: number;
  /** The file in pieces, made as they are taken. */
  lines(): AsyncGenerator<string>;
}

/** One piece: entries are small mostly, and may be as large as two messages. */
const PAGE: PageBounds = { entries: 1_000, bytes: 4 * 1024 * 1024 };

/** Export up to the newest checkpoint. Entries below a checkpoint never change, so pages of different moments fit together. */
export async function readyExport(database: Database): Promise<ReadyExport> {
  const [header, checkpoint] = [await findExportHeader(database), await newestCheckpoint(database)];
  if (!header || !checkpoint) {
    throw new Refused(
      503,
      'export-not-ready',
      'The ledger has not yet published a checkpoint and an export header. Try again.',
    );
  }
  const size = Number(checkpoint.size);
  return { size, lines: () => exportLines(database, size, header, checkpoint.note) };
}

async function* exportLines(
  database: Database,
  size: number,
  header: { readonly line: string; readonly note: string },
  checkpoint: string,
): AsyncGenerator<string> {
  yield `${header.line}\n`;
  const hashes: Buffer[] = [];
  for (let next = 0; next < size;) {
    const leaves = await leavesFrom(database, next, size, PAGE);
    if (leaves.length === 0) throw new Error(`entry ${next} is not there, and the checkpoint covers it`);
    hashes.push(await leafHashes(database, next, next + leaves.length));
    next += leaves.length;
    yield leaves.map((leaf) => `${leaf}\n`).join('');
  }
  yield `${sealText({ checkpoint, entries: size, headerNote: header.note, leafHashes: Buffer.concat(hashes) })}\n`;
}
