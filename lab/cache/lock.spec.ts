import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withLock } from './lock';

const newPath = (): string => join(mkdtempSync(join(tmpdir(), 'causeway-lock-')), 'thing.lock');
const silent = (): void => undefined;

describe('a lock of the cache', () => {
  it('lets one set-up in at a time, and all in the end', async () => {
    const path = newPath();
    let inside = 0;
    let most = 0;
    const setUp = async (): Promise<void> => {
      most = Math.max(most, ++inside);
      await sleep(20);
      inside -= 1;
    };
    await Promise.all([1, 2, 3].map(() => withLock(path, silent, setUp)));
    expect(most).toBe(1);
    expect(existsSync(path)).toBe(false);
  });

  it('is given back when the set-up fails', async () => {
    const path = newPath();
    await expect(withLock(path, silent, () => Promise.reject(new Error('no disk')))).rejects.toThrow('no disk');
    expect(await withLock(path, silent, () => Promise.resolve('done'))).toBe('done');
  });

  it('is taken over from a process that has died', async () => {
    const path = newPath();
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    mkdirSync(path);
    writeFileSync(join(path, 'owner'), String(pid));
    expect(await withLock(path, silent, () => Promise.resolve('done'))).toBe('done');
  });

  it('says whom it waits for', async () => {
    const path = newPath();
    const lines: string[] = [];
    const first = withLock(path, silent, () => sleep(50));
    await sleep(10);
    await withLock(
      path,
      (line) => lines.push(line),
      () => Promise.resolve(),
    );
    await first;
    expect(lines).toEqual([`waiting for another set-up (process ${process.pid}) to finish with ${path}`]);
  });
});
