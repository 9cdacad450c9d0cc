import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../cache/lock';

/** Beside what lies in it: the process that a folder is for. */
const OWNER = 'owner';

/**
 * A new folder of this process, which removes it when it is done. Those of processes that have died without removing theirs go
 * first: a killed run leaves a broker's and a database's data.
 *
 * @param prefix what its name begins with; only folders that begin so are looked at
 */
export async function newOwnedFolder(prefix: string, parent = tmpdir()): Promise<string> {
  await removeForsaken(prefix, parent);
  const folder = await mkdtemp(join(parent, prefix));
  await writeFile(join(folder, OWNER), String(process.pid));
  return folder;
}

async function removeForsaken(prefix: string, parent: string): Promise<void> {
  const names = (await readdir(parent)).filter((name) => name.startsWith(prefix));
  for (const folder of names.map((name) => join(parent, name))) {
    const owner = Number(await readFile(join(folder, OWNER), 'utf8').catch(() => ''));
    // Another user's folder cannot be removed, and is no business of ours.
    if (owner > 0 && !isAlive(owner)) await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}
