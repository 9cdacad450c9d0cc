import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** Throws unless the file's SHA-256 (hex) is one of the pinned ones. */
export async function checkSha256(file: string, pinned: readonly string[]): Promise<void> {
  const found = await sha256Of(file);
  if (pinned.includes(found)) return;
  throw new Error(
    `${file} is not the pinned download: SHA-256 is ${found}, expected ${pinned.join(' or ')}. Remove it and try again; if it stays so, what your package client delivers has been altered.`,
  );
}

/**
 * Throws unless the folder holds exactly the files of a pinned list, each with its digest.
 * @param listFile lines as sha256sum writes them: digest, two spaces, file name
 */
export async function checkSha256List(folder: string, listFile: string): Promise<void> {
  const lines = (await readFile(listFile, 'utf8')).split('\n').filter((line) => line !== '');
  const pinned = new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
  for (const name of await readdir(folder)) {
    const digest = pinned.get(name);
    if (digest === undefined) throw new Error(`${join(folder, name)} is not in the pinned list ${listFile}`);
    await checkSha256(join(folder, name), [digest]);
    pinned.delete(name);
  }
  if (pinned.size > 0) throw new Error(`${folder} lacks ${[...pinned.keys()].join(', ')}`);
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
