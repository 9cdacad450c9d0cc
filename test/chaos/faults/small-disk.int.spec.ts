import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mountDisks, type SmallDisks } from './small-disk';

jest.setTimeout(60_000);

const root = mkdtempSync(join(tmpdir(), 'causeway-small-disk-'));
const folders = { database: join(root, 'database'), broker: join(root, 'broker') };
let disks: SmallDisks;
beforeAll(() => {
  disks = mountDisks(folders);
});
afterAll(() => {
  disks.database?.stop();
  disks.broker?.stop();
  rmSync(root, { recursive: true });
});

const write = (name: string): void => writeFileSync(join(folders.database, name), Buffer.alloc(64 * 1024));

describe('small disks', () => {
  it('where they may be mounted, refuse when they are full and take again once there is space; elsewhere it is said', async () => {
    const { database, broker, told } = disks;
    if (database === null)
      return expect({ broker, told }).toEqual({ broker: null, told: expect.stringMatching(/^not possible here: ./) });
    write('before');
    await database.fill();
    expect(() => write('meanwhile')).toThrow(/ENOSPC/);
    await database.free();
    write('after');
  });
});
