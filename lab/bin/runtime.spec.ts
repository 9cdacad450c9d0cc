import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ASK = `import('./lab/bin/runtime.mjs')
  .then(({ runtimeOf }) => console.log(JSON.stringify(runtimeOf({ root: process.argv[1] }))))
  .catch((error) => console.log(JSON.stringify({ error: error.message })))`;

/** Nodes that only say their version, and a checkout's folder with or without a pinned one. */
describe('which Node runs what was built', () => {
  let dir: string;
  beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), 'causeway-runtime-'))));
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const node = (name: string, version: string, exit = 0): string => {
    const path = join(dir, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, `#!/bin/sh\necho v${version}\nexit ${exit}\n`);
    chmodSync(path, 0o755);
    return path;
  };
  const PINNED = `node_modules/node-${process.platform}-${process.arch}/bin/node`;
  const ask = (env: Record<string, string>): Record<string, string | null> => {
    const { stdout } = spawnSync(process.execPath, ['-e', ASK, dir], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH ?? '', ...env },
    });
    return JSON.parse(stdout) as Record<string, string | null>;
  };

  it('takes the pinned one for an older given one, and says so', () => {
    const given = node('given', '20.19.0');
    const pinned = node(PINNED, '24.22.3');
    expect(ask({ npm_node_execpath: given })).toEqual({
      path: pinned,
      version: '24.22.3',
      word: 'running on Node 24.22.3 of the lock file (20.19.0 is given)',
    });
  });

  it('takes a given one that is new enough, without a word', () => {
    const given = node('given', '26.1.0');
    node(PINNED, '24.22.3');
    expect(ask({ npm_node_execpath: given })).toEqual({ path: given, version: '26.1.0', word: null });
  });

  it.each([
    ['is not there', () => undefined],
    ['does not start on this system', () => void node(PINNED, '24.22.3', 127)],
  ])('goes on with the given one when the pinned one %s', (_, prepare) => {
    const given = node('given', '20.19.0');
    prepare();
    const { path, word } = ask({ npm_node_execpath: given });
    expect(path).toBe(given);
    expect(word).toContain('running on Node 20.19.0; with 24 or newer');
  });

  it('does as CAUSEWAY_NODE says: the given one, or one of the user', () => {
    const given = node('given', '20.19.0');
    const own = node('own', '22.1.0');
    node(PINNED, '24.22.3');
    expect(ask({ npm_node_execpath: given, CAUSEWAY_NODE: 'given' }).path).toBe(given);
    expect(ask({ npm_node_execpath: given, CAUSEWAY_NODE: own }).path).toBe(own);
  });

  it('refuses a CAUSEWAY_NODE that is none, or is too old, and names the way out', () => {
    const old = node('old', '18.20.0');
    expect(ask({ CAUSEWAY_NODE: old }).error).toBe(
      `CAUSEWAY_NODE=${old} is Node 18.20.0, too old: give the path of Node 20.19 or newer, or "given".`,
    );
    expect(ask({ CAUSEWAY_NODE: join(dir, 'absent') }).error).toContain('is nothing that answers to --version');
  });
});
