import { chown, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../cache/lock';
import type { ServerUser } from './server-user';

const PREFIX = 'causeway-postgres-';
/** Beside the data: the process that this folder is for. */
const OWNER = 'owner';

/**
 * A new folder below the temp folder, where the server's user can reach it. Folders of processes that have died without
 * removing theirs go first.
 */
export async function newDataFolder(user: ServerUser, parent = tmpdir()): Promise<string> {
  await removeForsaken();
  const folder = await mkdtemp(join(parent, PREFIX));
  await writeFile(join(folder, OWNER), String(process.pid));
  await giveTo(user, folder);
  return folder;
}

/** Lets the server's user own a file or folder. */
export async function giveTo({ uid, gid }: ServerUser, path: string): Promise<void> {
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
}

async function removeForsaken(): Promise<void> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(PREFIX));
  for (const folder of names.map((name) => join(tmpdir(), name))) {
    const owner = Number(await readFile(join(folder, OWNER), 'utf8').catch(() => ''));
    // Another user's folder cannot be removed, and is no business of ours.
    if (owner > 0 && !isAlive(owner)) await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}
