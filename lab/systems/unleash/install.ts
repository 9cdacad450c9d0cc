import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { labFile, type Say } from '../../cache/cache-folder';
import { installOnce, type Recipe } from '../../cache/install-once';
import { requireTool, run } from '../../cache/tools';

const recipe: Recipe = {
  name: 'unleash',
  version: '7.5.1-r1',
  title: 'Unleash 7.5.1 (190 MB of packages, by npm)',
  // The lock file holds a digest of every package; npm checks them.
  install: async (folder) => {
    for (const file of ['package.json', 'package-lock.json'])
      await copyFile(labFile('unleash', file), join(folder, file));
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--omit=dev', '--loglevel=error'];
    await run(requireTool('npm', 'Unleash'), ['ci', ...quiet], { cwd: folder });
  },
};

/** The server's program file. */
export const installUnleash = async (say: Say): Promise<string> =>
  join(await installOnce(recipe, say), 'node_modules', 'unleash-server', 'dist', 'server.js');
