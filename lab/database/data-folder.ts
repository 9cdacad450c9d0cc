import { chown } from 'node:fs/promises';
import { newOwnedFolder } from '../processes/owned-folder';
import type { ServerUser } from './server-user';

/** A new folder below the temp folder, or another one, where the server's user can reach it. */
export async function newDataFolder(user: ServerUser, parent?: string): Promise<string> {
  const folder = await newOwnedFolder('causeway-postgres-', parent);
  await giveTo(user, folder);
  return folder;
}

/** Lets the server's user own a file or folder. */
export async function giveTo({ uid, gid }: ServerUser, path: string): Promise<void> {
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
}
