import { createHash } from 'node:crypto';
import { z } from 'zod';
import { linesFrom, logFilesOf, textBefore, type LogFile } from './log-files';

/** How far a log was read. Null: there was no file yet. */
export const logPlace = z
  .object({
    inode: z.string(),
    offset: z.number().int().nonnegative(),
    /** Digest of what stands before the offset. */
    before: z.string(),
  })
  .nullable();
export type LogPlace = z.output<typeof logPlace>;

export interface LogLine {
  /** The same at every reading, another for the same text at another place. */
  readonly id: string;
  readonly text: string;
}

export interface LogPart {
  readonly lines: readonly LogLine[];
  readonly place: LogPlace;
  /** Why lines may be missing; null: none are. */
  readonly cut: string | null;
}

/** The place after everything that is there now. */
export async function placeNow(pattern: string): Promise<LogPlace> {
  const newest = (await logFilesOf(pattern)).at(-1);
  if (!newest) return null;
  const { end } = await linesFrom(newest, 0, IGNORED);
  return placeIn(newest, end);
}

/**
 * Lines after a place that hold a text. Over a rotation: the rest of the old file, found by its inode under its new name, then
 * all newer ones. A file that is gone, or that was emptied, cuts the log; what is there is read from its beginning.
 */
export async function linesAfter(pattern: string, place: LogPlace, holding: string): Promise<LogPart> {
  const files = await logFilesOf(pattern);
  const current = place ? files.findIndex(({ inode }) => inode === place.inode) : -1;
  const [file, cut] = [files[current], reasonOf(place, current)];
  if (!place || !file) return readAll(files.slice(place ? -1 : 0), { lines: [], place, cut }, holding);
  if (file.size < place.offset || (await digestBefore(file, place.offset)) !== place.before)
    return readAll(files.slice(current), { lines: [], place, cut: 'the access log was emptied' }, holding);
  const { lines, end } = await linesFrom(file, place.offset, holding);
  const first: LogPart = { lines: named(file, lines), place: await placeIn(file, end), cut: null };
  return readAll(files.slice(current + 1), first, holding);
}

const reasonOf = (place: LogPlace, current: number): string | null =>
  place && current < 0 ? 'the access log was rotated away' : null;

async function readAll(files: readonly LogFile[], so: LogPart, holding: string): Promise<LogPart> {
  let part = so;
  for (const file of files) {
    const { lines, end } = await linesFrom(file, 0, holding);
    part = { ...part, lines: [...part.lines, ...named(file, lines)], place: await placeIn(file, end) };
  }
  return part;
}

/** With a digest of the line: an inode and an offset come again in a file that was emptied. */
const named = ({ inode }: LogFile, lines: readonly { offset: number; text: string }[]): LogLine[] =>
  lines.map(({ offset, text }) => ({ id: `${inode}/${offset}/${digestOf(text)}`, text }));

const placeIn = async (file: LogFile, offset: number): Promise<LogPlace> => ({
  inode: file.inode,
  offset,
  before: await digestBefore(file, offset),
});

const digestBefore = async (file: LogFile, offset: number): Promise<string> => digestOf(await textBefore(file, offset));

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** No line holds it. */
const IGNORED = '\n';
