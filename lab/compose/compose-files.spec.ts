import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { join } from 'node:path';
import { checkoutFolder, labFile } from '../cache/cache-folder';
import { composeFiles } from './compose-files';

interface Compose {
  readonly services: Readonly<
    Record<string, { image: string; ports?: string[]; volumes?: string[]; depends_on?: Record<string, unknown> }>
  >;
}

describe('the lab for those with a container engine', () => {
  it('mounts what the lab without containers is told too', async () => {
    for (const [path, content] of Object.entries(await composeFiles())) {
      const committed = await readFile(labFile('compose', 'files', path), 'utf8');
      // The formatter may break a long list; what is said stays the same.
      if (path.endsWith('.json')) expect([path, JSON.parse(committed)]).toEqual([path, JSON.parse(content)]);
      else expect([path, committed]).toEqual([path, content]);
    }
  });

  it('publishes ports on loopback only, pins every image, and mounts files that are there', async () => {
    const { services } = await readCompose();
    for (const [name, { image, ports = [], volumes = [], depends_on = {} }] of Object.entries(services)) {
      expect([name, image]).toEqual([name, expect.stringMatching(/^[^:]+:\d+\.\d+(\.\d+)?([-.\w]*)$/)]);
      for (const port of ports) expect([name, port]).toEqual([name, expect.stringMatching(/^127\.0\.0\.1:\d+:\d+$/)]);
      for (const volume of volumes) await readMounted(volume.split(':')[0] ?? '');
      for (const other of Object.keys(depends_on)) expect(Object.keys(services)).toContain(other);
    }
  });

  it('has the same systems: a control plane, two gateways and an application server in each region', async () => {
    const { services } = await readCompose();
    expect(Object.keys(services).sort()).toEqual(
      [
        ...['kafka', 'postgres', 'keycloak', 'unleash', 'control-plane'],
        ...['gw-us-1', 'gw-us-2', 'gw-eu-1', 'gw-eu-2', 'tomcat-us-east', 'tomcat-eu-west'],
      ].sort(),
    );
  });

  const readCompose = async (): Promise<Compose> =>
    parse(await readFile(join(checkoutFolder(), 'docker-compose.yml'), 'utf8'), { merge: true }) as Compose;

  /** A folder is looked for by a file that must be in it. */
  async function readMounted(path: string): Promise<void> {
    const isFolder = !/\.\w+$/.test(path) || path.endsWith('shop-1.0.0');
    await readFile(join(checkoutFolder(), path, isFolder ? 'WEB-INF/web.xml' : ''));
  }
});
