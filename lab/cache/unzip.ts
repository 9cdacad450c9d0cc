/**
 * Unpacks zip files without a program: neither unzip nor jar is on every machine. Central directory, stored and deflated
 * entries, no zip64, no encryption (PKWARE APPNOTE 6.3, sections 4.3 and 4.4): what the two archives that we pin need.
 */
import { chmod, mkdir, open, writeFile, type FileHandle } from 'node:fs/promises';
import { dirname, join, normalize, sep } from 'node:path';
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';

const inflate = promisify(inflateRaw);

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly packedBytes: number;
  readonly unixMode: number;
  readonly headerAt: number;
}

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 65_535;

/** Unpacks those entries of a zip file whose name `wanted` accepts. */
export async function unzip(
  file: string,
  folder: string,
  wanted: (name: string) => boolean = () => true,
): Promise<void> {
  const handle = await open(file);
  try {
    for (const entry of await entriesOf(handle, file)) if (wanted(entry.name)) await unpack(handle, entry, folder);
  } finally {
    await handle.close();
  }
}

async function entriesOf(handle: FileHandle, file: string): Promise<Entry[]> {
  const { size } = await handle.stat();
  const tail = await read(
    handle,
    Math.max(0, size - END_BYTES - MAX_COMMENT_BYTES),
    Math.min(size, END_BYTES + MAX_COMMENT_BYTES),
  );
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== END_OF_DIRECTORY) continue;
    return directoryEntries(await read(handle, tail.readUInt32LE(at + 16), tail.readUInt32LE(at + 12)));
  }
  throw new Error(`${file} is not a zip file, or is cut off`);
}

function directoryEntries(directory: Buffer): Entry[] {
  const entries: Entry[] = [];
  for (let at = 0; at + 46 <= directory.length && directory.readUInt32LE(at) === DIRECTORY_ENTRY;) {
    const nameBytes = directory.readUInt16LE(at + 28);
    entries.push({
      name: directory.toString('utf8', at + 46, at + 46 + nameBytes),
      method: directory.readUInt16LE(at + 10),
      packedBytes: directory.readUInt32LE(at + 20),
      unixMode: (directory.readUInt32LE(at + 38) >>> 16) & 0o777,
      headerAt: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

async function unpack(handle: FileHandle, entry: Entry, folder: string): Promise<void> {
  const path = inside(folder, entry.name);
  if (entry.name.endsWith('/')) return void (await mkdir(path, { recursive: true }));
  const header = await read(handle, entry.headerAt, 30);
  const dataAt = entry.headerAt + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const packed = await read(handle, dataAt, entry.packedBytes);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, entry.method === 0 ? packed : await inflate(packed));
  if (entry.unixMode !== 0) await chmod(path, entry.unixMode | 0o600);
}

/** An entry may not lead out of the folder. */
function inside(folder: string, name: string): string {
  const path = normalize(join(folder, name));
  if (!path.startsWith(normalize(folder) + sep)) throw new Error(`zip entry leads out of its folder: ${name}`);
  return path;
}

async function read(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  await handle.read(buffer, 0, length, position);
  return buffer;
}
