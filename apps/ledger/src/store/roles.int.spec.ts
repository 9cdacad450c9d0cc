import { createDatabase, dropDatabase, startPostgres } from '@causeway/lab';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateLedger } from '../commands/migrate';

/** Ledgers that are set up at the same moment, on a real server. */
jest.setTimeout(120_000);

const dir = mkdtempSync(join(tmpdir(), 'causeway-roles-'));
const names = Array.from({ length: 4 }, (_, i) => `roles_${process.pid}_${i}`);
let server: Awaited<ReturnType<typeof startPostgres>>;
beforeAll(async () => {
  server = await startPostgres({ dir, say: () => undefined });
});
afterAll(async () => {
  await server?.stop();
  rmSync(dir, { recursive: true, force: true });
});

const asUser = (url: string, name: string): string => {
  const service = new URL(url);
  service.username = name;
  service.password = 'only-in-specs';
  return service.href;
};

describe('the role that a ledger runs as', () => {
  it('given several databases of one server are set up at once, twice each, all are', async () => {
    const owners = await Promise.all(names.map((name) => createDatabase(server.url, name)));
    for (let round = 0; round < 5; round++) {
      const role = `roles_spec_${process.pid}_${round}`;
      const all = [...owners, ...owners].map((owner) => migrateLedger(owner, asUser(owner, role)));
      expect((await Promise.allSettled(all)).filter(({ status }) => status === 'rejected')).toEqual([]);
    }
    await Promise.all(names.map((name) => dropDatabase(server.url, name)));
  });
});
