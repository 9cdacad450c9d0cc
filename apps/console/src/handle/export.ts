import { sealText } from '@causeway/ledger-core';
import type { Database } from '@causeway/persistence';
import { entriesAfter, findExportHeader, leafHashes, newestCheckpoint } from '../store/question-store';
import { Refused } from './refused';

export interface ReadyExport {
  readonly size: number;
  /** The file in pieces, made as they are taken. */
  lines(): AsyncGenerator<string>;
}

const PAGE = 1_000;

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
  for (let next = 0; next < size; next += PAGE) {
    const rows = await entriesAfter(database, next - 1, Math.min(PAGE, size - next));
    hashes.push(await leafHashes(database, next, Math.min(next + PAGE, size)));
    yield rows.map(({ leaf }) => `${leaf}\n`).join('');
  }
  yield `${sealText({ checkpoint, entries: size, headerNote: header.note, leafHashes: Buffer.concat(hashes) })}\n`;
}
