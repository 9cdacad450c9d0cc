import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Takes one line of progress for people. */
export type Say = (line: string) => void;

/**
 * The user's cache folder for downloaded and unpacked systems: outside every checkout and shared by all clones.
 * `$CAUSEWAY_CACHE` wins, then the platform's own place.
 */
export function cacheFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const folder = env['CAUSEWAY_CACHE'] || platformFolder(env, platform);
  mkdirSync(folder, { recursive: true });
  return folder;
}

function platformFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  if (env['XDG_CACHE_HOME']) return join(env['XDG_CACHE_HOME'], 'causeway');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'causeway');
  return join(homedir(), '.cache', 'causeway');
}

/** A file of this room's sources that is not TypeScript (a pom, a policy); the build does not copy those. */
export const labFile = (...path: string[]): string => join(checkoutFolder(), 'lab', ...path);

/** The checkout that this code belongs to, whether it runs from sources or from `dist/`. */
export function checkoutFolder(): string {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json')) && existsSync(join(folder, 'lab'))) return folder;
  }
  throw new Error(`no checkout of Causeway above ${__dirname}`);
}
