import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, type Say } from './cache-folder';
import { withLock } from './lock';

/** One thing in the cache: what it is called, exactly which one, and how it comes there. */
export interface Recipe {
  readonly name: string;
  /** Everything that decides the result (pinned version, own revision of the recipe): another text means another folder. */
  readonly version: string;
  /** What it takes, for people: "Keycloak 26.7.3 (177 MB, about half a minute)". */
  readonly title: string;
  /** Fills the empty folder. */
  install(folder: string, say: Say): Promise<void>;
}

const STAMP = '.causeway-complete';

/** The folder of an installed thing; installs it on the first call on this machine, never again after that. */
export async function installOnce(recipe: Recipe, say: Say): Promise<string> {
  const folder = join(cacheFolder(), `${recipe.name}-${recipe.version}`);
  if (existsSync(join(folder, STAMP))) return folder;
  await withLock(`${folder}.lock`, say, async () => {
    if (!existsSync(join(folder, STAMP))) await installNow(recipe, folder, say);
  });
  return folder;
}

async function installNow(recipe: Recipe, folder: string, say: Say): Promise<void> {
  const startedMs = Date.now();
  say(`setting up ${recipe.title} ...`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await recipe.install(folder, say);
  await writeFile(join(folder, STAMP), `${recipe.name} ${recipe.version}\n`);
  say(`set up ${recipe.name} in ${((Date.now() - startedMs) / 1000).toFixed(1)} s`);
}

/** Reads the stamp of an installed folder, or null: for tests and for people who wonder. */
export const stampOf = (folder: string): Promise<string | null> =>
  readFile(join(folder, STAMP), 'utf8').catch(() => null);
