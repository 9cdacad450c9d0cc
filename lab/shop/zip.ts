/**
 * Writes a zip archive whose bytes depend on its entries only: sorted by name, stored without compression, one fixed time.
 * Layout after PKWARE APPNOTE 6.3, sections 4.3.7, 4.3.12 and 4.3.16.
 */
import { crc32 } from './crc32';

const LOCAL_HEADER = 0x04034b50;
const DIRECTORY_ENTRY = 0x02014b50;
const END_OF_DIRECTORY = 0x06054b50;
const VERSION_NEEDED = 20;
/** Names are UTF-8. */
const FLAGS = 0x0800;
/** 1 January 1980, 00:00: the first moment that the format can tell. */
const DOS_TIME = 0;
const DOS_DATE = 0x0021;

/** @param entries content by name, with slashes between folders */
export function zip(entries: Readonly<Record<string, string | Buffer>>): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const name of Object.keys(entries).sort()) {
    const data = Buffer.from(entries[name] as string);
    const common = commonFields(data, Buffer.byteLength(name));
    const local = Buffer.concat([uint32(LOCAL_HEADER), common, Buffer.from(name), data]);
    directory.push(directoryEntry(common, name, offset));
    files.push(local);
    offset += local.length;
  }
  return Buffer.concat([...files, ...directory, end(directory, offset)]);
}

/** Version needed to extra length: the same 26 bytes in both headers. */
function commonFields(data: Buffer, nameBytes: number): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(VERSION_NEEDED, 0);
  fields.writeUInt16LE(FLAGS, 2);
  fields.writeUInt16LE(DOS_TIME, 6);
  fields.writeUInt16LE(DOS_DATE, 8);
  fields.writeUInt32LE(crc32(data), 10);
  fields.writeUInt32LE(data.length, 14);
  fields.writeUInt32LE(data.length, 18);
  fields.writeUInt16LE(nameBytes, 22);
  return fields;
}

function directoryEntry(common: Buffer, name: string, offset: number): Buffer {
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(offset, 10);
  const madeBy = Buffer.from([VERSION_NEEDED, 0]);
  return Buffer.concat([uint32(DIRECTORY_ENTRY), madeBy, common, rest, Buffer.from(name)]);
}

function end(directory: readonly Buffer[], offset: number): Buffer {
  const fields = Buffer.alloc(22);
  fields.writeUInt32LE(END_OF_DIRECTORY, 0);
  fields.writeUInt16LE(directory.length, 8);
  fields.writeUInt16LE(directory.length, 10);
  fields.writeUInt32LE(Buffer.concat(directory).length, 12);
  fields.writeUInt32LE(offset, 16);
  return fields;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
