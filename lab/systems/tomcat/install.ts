import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Say } from '../../cache/cache-folder';
import { installOnce, type Recipe } from '../../cache/install-once';
import { mavenFile } from '../../cache/maven';
import { requireTool, run } from '../../cache/tools';

const VERSION = '10.1.59';

const recipe: Recipe = {
  name: 'tomcat',
  version: `${VERSION}-r1`,
  title: `Tomcat ${VERSION} (14 MB, by Maven)`,
  install: async (folder) => {
    const archive = await mavenFile(
      {
        group: 'org.apache.tomcat',
        artifact: 'tomcat',
        version: VERSION,
        type: 'tar.gz',
        sha256: '15e435e8ecafd30e500dec7cd30fc289aed4cd8743db14d55024896be77d9241',
      },
      folder,
    );
    await mkdir(join(folder, 'home'));
    await run(requireTool('tar', 'Unpacking Tomcat'), [
      '-xzf',
      archive,
      '-C',
      join(folder, 'home'),
      '--strip-components=1',
    ]);
    await rm(archive);
  },
};

/** CATALINA_HOME: the programs, shared by all instances and never written to. */
export const installTomcat = async (say: Say): Promise<string> => join(await installOnce(recipe, say), 'home');
