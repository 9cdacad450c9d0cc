import { createHash } from 'node:crypto';
import { open, readdir, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';

/** A place in a log that is rotated: the file by its inode and its beginning, and how far it was read. */
export const logPlace = z.object({
  inode: z.string(),
  /** Bytes; always behind a whole line. */
  offset: z.number(),
  /** SHA-256 of the file's first bytes, at most `headBytes`: an inode is used again, and a file may be emptied and written anew. */
  head: z.string(),
  headBytes: z.number(),
});
export type LogPlace = z.output<typeof logPlace>;

export interface LogLine {
  readonly text: string;
  /** Where reading goes on after this line. */
  readonly after: LogPlace;
}

export interface LogRead {
  readonly lines: readonly LogLine[];
  /** Why lines between the place and these may be missing; null: they are not. */
  readonly lost: string | null;
}

const HEAD_BYTES = 256;
const CHUNK_BYTES = 1024 * 1024;

/** A log file that grows, is rotated by name (read on in the old file) or emptied in place (what was not read is lost). */
export class AdminLog {
  constructor(private readonly path: string) {}

  /** Behind the last whole line there is. */
  async end(): Promise<LogPlace> {
    return withFile(this.path, async (file) => placeIn(file, await endOfLastLine(file)));
  }

  async readFrom(place: LogPlace): Promise<LogRead> {
    if (await isSame(this.path, place)) return { lines: await read(this.path, place.offset), lost: null };
    const rotated = await this.rotated(place);
    const lines: LogLine[] = [];
    for (const [index, path] of rotated.entries()) lines.push(...(await read(path, index === 0 ? place.offset : 0)));
    lines.push(...(await read(this.path, 0)));
    const lost = rotated.length > 0 ? null : 'the admin log was emptied, or rotated away, before it was read';
    return { lines, lost };
  }

  /** The file that the place is in and those after it, oldest first, without the current one; none: it is gone. */
  private async rotated(place: LogPlace): Promise<string[]> {
    const siblings = await this.siblings();
    for (const [index, path] of siblings.entries()) if (await isSame(path, place)) return siblings.slice(index);
    return [];
  }

  private async siblings(): Promise<string[]> {
    const folder = dirname(this.path);
    const own = basename(this.path);
    const stem = own.replace(/\.[^.]*$/, '');
    const names = (await readdir(folder)).filter(
      (name) => name.startsWith(stem) && name !== own && !name.endsWith('.gz'),
    );
    const dated = await Promise.all(
      names.map(async (name) => ({ path: join(folder, name), ms: (await stat(join(folder, name))).mtimeMs })),
    );
    return dated.sort((a, b) => a.ms - b.ms).map(({ path }) => path);
  }
}

async function withFile<T>(path: string, work: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, 'r');
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}

const isSame = (path: string, place: LogPlace): Promise<boolean> =>
  withFile(path, async (file) => {
    const { ino, size } = await file.stat({ bigint: true });
    if (String(ino) !== place.inode || Number(size) < place.offset) return false;
    return (await headOf(file, place.headBytes)) === place.head;
  });

const read = (path: string, offset: number): Promise<LogLine[]> =>
  withFile(path, async (file) => {
    const lines = await linesFrom(file, offset);
    if (lines.length === 0) return [];
    const place = await placeIn(file, lines[0]?.end ?? 0);
    return lines.map(({ text, end }) => ({ text, after: { ...place, offset: end } }));
  });

async function placeIn(file: FileHandle, offset: number): Promise<LogPlace> {
  const { ino } = await file.stat({ bigint: true });
  const headBytes = Math.min(HEAD_BYTES, offset);
  return { inode: String(ino), offset, head: await headOf(file, headBytes), headBytes };
}

async function headOf(file: FileHandle, bytes: number): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
  return createHash('sha256').update(buffer.subarray(0, bytesRead)).digest('hex');
}

/** Whole lines; what follows the last line break is still being written. */
async function linesFrom(file: FileHandle, offset: number): Promise<{ text: string; end: number }[]> {
  const lines: { text: string; end: number }[] = [];
  let rest: Buffer = Buffer.alloc(0);
  let at = offset;
  while (true) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, at + rest.length);
    if (bytesRead === 0) return lines;
    rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
    for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a)) {
      at += end + 1;
      lines.push({ text: rest.toString('utf8', 0, end), end: at });
      rest = rest.subarray(end + 1);
    }
  }
}

async function endOfLastLine(file: FileHandle): Promise<number> {
  for (let to = (await file.stat()).size; to > 0; to = Math.max(0, to - CHUNK_BYTES)) {
    const from = Math.max(0, to - CHUNK_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(to - from), 0, to - from, from);
    const last = buffer.subarray(0, bytesRead).lastIndexOf(0x0a);
    if (last >= 0) return from + last + 1;
  }
  return 0;
}
