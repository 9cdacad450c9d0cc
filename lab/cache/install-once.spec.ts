import { mkdtempSync, writeFileSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installOnce, stampOf, type Recipe } from './install-once';
import { checkSha256, checkSha256List } from './checksum';
import { requireJava, requireTool } from './tools';
import { cacheFolder } from './cache-folder';

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'causeway-cache-'));
const silent = (): void => undefined;
const SHA256_OF_ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

describe('the cache', () => {
  beforeEach(() => void (process.env['CAUSEWAY_CACHE'] = newFolder()));
  afterEach(() => void delete process.env['CAUSEWAY_CACHE']);

  it('does not do again what is done, and does it for another version', async () => {
    let installs = 0;
    const recipe = (version: string): Recipe => ({
      name: 'thing',
      version,
      title: 'a thing',
      install: async (folder) => {
        installs += 1;
        await writeFile(join(folder, 'file'), version);
      },
    });
    const [first, second] = await Promise.all([installOnce(recipe('1'), silent), installOnce(recipe('1'), silent)]);
    expect([first === second, installs]).toEqual([true, 1]);
    expect(await stampOf(first)).toBe('thing 1\n');
    await installOnce(recipe('2'), silent);
    expect(installs).toBe(2);
  });

  it('begins from nothing after an install that broke off', async () => {
    const files: string[][] = [];
    const install = async (folder: string): Promise<void> => {
      files.push(await readdir(folder));
      await writeFile(join(folder, 'half'), '');
      if (files.length === 1) throw new Error('line cut');
    };
    const recipe: Recipe = { name: 'thing', version: '1', title: 'a thing', install };
    await expect(installOnce(recipe, silent)).rejects.toThrow('line cut');
    await installOnce(recipe, silent);
    expect(files).toEqual([[], []]);
  });

  it('refuses a download with other bytes than the pinned ones', async () => {
    const folder = newFolder();
    const list = join(newFolder(), 'list');
    writeFileSync(join(folder, 'a.jar'), 'abc');
    writeFileSync(list, `${SHA256_OF_ABC}  a.jar\n`);
    await checkSha256List(folder, list);
    await checkSha256(join(folder, 'a.jar'), [SHA256_OF_ABC]);

    writeFileSync(join(folder, 'a.jar'), 'abd');
    await expect(checkSha256List(folder, list)).rejects.toThrow(/a\.jar is not the pinned download/);
    writeFileSync(list, `${SHA256_OF_ABC}  b.jar\n`);
    await expect(checkSha256List(folder, list)).rejects.toThrow(/a\.jar is not in the pinned list/);
  });

  it('names a missing tool and the way to get it', () => {
    expect(() => requireTool('java', 'Kafka', newFolder())).toThrow(
      'Kafka needs "java", which is not in PATH. Get it with "apt install openjdk-17-jre-headless" (Debian, Ubuntu) or "brew install openjdk@17" (macOS).',
    );
  });

  it('takes no Java that is too old, or is none, and says which it found', () => {
    const folder = newFolder();
    const java = join(folder, 'java');
    const prints = (line: string): void => writeFileSync(java, `#!/bin/sh\necho '${line}' >&2\n`, { mode: 0o755 });
    prints('openjdk version "21.0.2" 2024-01-16');
    expect(requireJava('Kafka', folder)).toBe(java);
    prints('openjdk version "11.0.22" 2024-01-16');
    expect(() => requireJava('Kafka', folder)).toThrow(`Kafka needs Java 17 or newer; ${java} is Java 11. Get it with`);
    prints('java version "1.8.0_402"');
    expect(() => requireJava('Kafka', folder)).toThrow('is Java 8');
    prints('The operation could not be completed. Unable to locate a Java Runtime.');
    expect(() => requireJava('Kafka', folder)).toThrow('is none that runs');
  });

  it("lies in the platform's own place unless it is told another", () => {
    const home = newFolder();
    expect(cacheFolder({ XDG_CACHE_HOME: home }, 'linux')).toBe(join(home, 'causeway'));
    expect(cacheFolder({ XDG_CACHE_HOME: home, CAUSEWAY_CACHE: join(home, 'mine') }, 'darwin')).toBe(
      join(home, 'mine'),
    );
  });
});
