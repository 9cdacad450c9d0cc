import { run } from '../cache/tools';

/** Whom the server runs as: empty means ourselves. PostgreSQL refuses to run as root. */
export interface ServerUser {
  readonly uid?: number;
  readonly gid?: number;
}

/** `postgres` where there is such a user, else `nobody`, who is everywhere: no user is made for this. */
export async function serverUser(): Promise<ServerUser> {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const ids = await idsOf(name).catch(() => null);
    if (ids) return ids;
  }
  throw new Error(
    'PostgreSQL cannot run as root, and there is neither a user "postgres" nor "nobody". Run as an ordinary user.',
  );
}

async function idsOf(name: string): Promise<ServerUser> {
  const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
  return { uid: Number(uid), gid: Number(gid) };
}
