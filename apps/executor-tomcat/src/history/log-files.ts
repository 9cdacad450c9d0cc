import { open, readdir, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** A log as it lies on the disk: one file, with those it was rotated into; or, with a `*` for the date, one file a day. */
export interface LogFile {
  readonly path: string;
  readonly inode: string;
  readonly size: number;
}

/**
 * Files of a log, oldest first (by their last write). `access.log` also finds `access.log.1` and `access.log-2026-11-24`;
 * `access.*.log` finds what Tomcat names by date. Packed ones are left out.
 */
export async function logFilesOf(pattern: string): Promise<LogFile[]> {
  const folder = dirname(pattern);
  const matches = nameMatcher(basename(pattern));
  const names = (await readdir(folder)).filter(matches);
  const found = await Promise.all(names.map((name) => fileOf(join(folder, name))));
  return found.filter((file) => file !== null).sort((a, b) => a.writtenAt - b.writtenAt || (a.path < b.path ? -1 : 1));
}

function nameMatcher(pattern: string): (name: string) => boolean {
  const [before = '', after] = pattern.split('*');
  const packed = /\.(gz|zip|bz2|xz|zst)$/;
  if (after === undefined) return (name) => (name === before || /^[.-]/.test(rest(name, before))) && !packed.test(name);
  return (name) => name.startsWith(before) && name.endsWith(after) && name.length >= pattern.length - 1;
}

const rest = (name: string, start: string): string => (name.startsWith(start) ? name.slice(start.length) : '');

async function fileOf(path: string): Promise<(LogFile & { writtenAt: number }) | null> {
  try {
    const { ino, size, mtimeMs } = await stat(path);
    return { path, inode: String(ino), size, writtenAt: mtimeMs };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

const CHUNK = 256 * 1024;
/** A line is a request: its address and three headers. What is longer is none. */
const LONGEST_LINE = 64 * 1024;

export interface PlacedLine {
  /** Of its first byte in the file. */
  readonly offset: number;
  readonly text: string;
}

/** Whole lines from an offset, those that hold `holding`; `end` is after the last whole line, whatever it holds. */
export async function linesFrom(
  { path, inode }: LogFile,
  from: number,
  holding: string,
): Promise<{ lines: PlacedLine[]; end: number }> {
  const file = await open(path, 'r');
  try {
    if (String((await file.stat()).ino) !== inode) throw new Error(`${path} was rotated while it was read`);
    return await readLines(file, from, holding);
  } finally {
    await file.close();
  }
}

async function readLines(file: FileHandle, from: number, holding: string) {
  const lines: PlacedLine[] = [];
  let [end, pending] = [from, Buffer.alloc(0)];
  for (;;) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(CHUNK), 0, CHUNK, end + pending.length);
    if (bytesRead === 0) return { lines, end };
    pending = Buffer.concat([pending, buffer.subarray(0, bytesRead)]);
    for (let stop = pending.indexOf(10); stop >= 0; stop = pending.indexOf(10)) {
      const text = pending.toString('utf8', 0, stop).trimEnd();
      if (text.includes(holding) && text.length <= LONGEST_LINE) lines.push({ offset: end, text });
      pending = pending.subarray(stop + 1);
      end += stop + 1;
    }
  }
}

/** What stands before an offset, to tell a file that was emptied and filled again. */
export async function textBefore({ path }: LogFile, offset: number): Promise<string> {
  const file = await open(path, 'r');
  try {
    const length = Math.min(offset, 200);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset - length);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}
