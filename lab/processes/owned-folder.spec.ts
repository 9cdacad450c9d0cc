import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newOwnedFolder } from './owned-folder';

const parent = mkdtempSync(join(tmpdir(), 'causeway-owned-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

const given = (name: string, owner: number | null): string => {
  const folder = join(parent, name);
  mkdirSync(folder);
  if (owner !== null) writeFileSync(join(folder, 'owner'), String(owner));
  writeFileSync(join(folder, 'data'), 'large');
  return folder;
};

describe('a folder of a process', () => {
  it('is new, and takes away what dead processes left: nothing of the living, of nobody known, or of another name', async () => {
    const { pid: dead } = spawnSync(process.execPath, ['-e', '']);
    const left = given('run-left', dead);
    const others = [given('run-living', process.pid), given('run-nameless', null), given('other-left', dead)];
    const first = await newOwnedFolder('run-', parent);
    const second = await newOwnedFolder('run-', parent);
    expect(existsSync(left)).toBe(false);
    expect([...others, first, second].filter((folder) => !existsSync(folder))).toEqual([]);
    expect(second).not.toBe(first);
  });
});
