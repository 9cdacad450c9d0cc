import { mkdtempSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzip } from '../cache/unzip';
import { buildShopWar } from './build-shop-war';
import { crc32 } from './crc32';

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'causeway-shop-'));

describe('the shop archive', () => {
  it('has the same bytes whenever and wherever it is built', async () => {
    const [one, two] = await Promise.all([buildShopWar('1.1.0', newFolder()), buildShopWar('1.1.0', newFolder())]);
    expect(readFileSync(one).equals(readFileSync(two))).toBe(true);
    expect(readFileSync(await buildShopWar('1.0.0', newFolder())).equals(readFileSync(one))).toBe(false);
  });

  it('offers the audit trail in 1.1.0 only', async () => {
    expect(await descriptorOf('1.0.0')).not.toContain('/api/audit');
    expect(await descriptorOf('1.1.0')).toContain('<url-pattern>/api/audit</url-pattern>');
  });

  it('is a zip that another reader unpacks, with the version put in', async () => {
    const folder = newFolder();
    await unzip(await buildShopWar('1.1.0', newFolder()), folder);
    expect(await readFile(join(folder, 'WEB-INF', 'pages', 'version.jsp'), 'utf8')).toContain('{"version":"1.1.0"}');
  });

  it("checks its entries with zip's own checksum", () => {
    // The check value of CRC-32/ISO-HDLC.
    expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926);
  });

  async function descriptorOf(version: '1.0.0' | '1.1.0'): Promise<string> {
    const folder = newFolder();
    await unzip(await buildShopWar(version, newFolder()), folder);
    return readFile(join(folder, 'WEB-INF', 'web.xml'), 'utf8');
  }
});
