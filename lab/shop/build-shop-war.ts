import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { labFile } from '../cache/cache-folder';
import { zip } from './zip';

/** What each version of the shop has: page by URL path. `/api/audit` comes with 1.1.0. */
const versions = {
  '1.0.0': { '/version': 'version', '/api/catalog': 'catalog' },
  '1.1.0': { '/version': 'version', '/api/catalog': 'catalog', '/api/audit': 'audit' },
} as const;

export type ShopVersion = keyof typeof versions;
export const SHOP_VERSIONS = Object.keys(versions) as ShopVersion[];

/**
 * Writes `shop-<version>.war` into the folder and gives its path. No Java compiler is needed: Tomcat compiles the pages
 * itself when they are first asked for. The same version gives the same bytes.
 */
export async function buildShopWar(version: ShopVersion, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, `shop-${version}.war`);
  await writeFile(file, zip(await shopEntries(version)));
  return file;
}

/** The archive's entries by name. */
export async function shopEntries(version: ShopVersion): Promise<Record<string, string>> {
  const pages: Record<string, string> = versions[version];
  const entries: Record<string, string> = {};
  for (const page of new Set(Object.values(pages)))
    entries[`WEB-INF/pages/${page}.jsp`] = await source(`${page}.jsp`, version);
  const descriptor = await source('web.xml', version);
  return { ...entries, 'WEB-INF/web.xml': descriptor.replace('@SERVLETS@', servlets(pages)) };
}

const source = async (name: string, version: string): Promise<string> =>
  (await readFile(labFile('shop', 'pages', name), 'utf8')).replaceAll('@VERSION@', version);

const servlets = (pages: Record<string, string>): string =>
  Object.entries(pages)
    .map(
      ([path, page]) =>
        `  <servlet><servlet-name>${page}</servlet-name><jsp-file>/WEB-INF/pages/${page}.jsp</jsp-file></servlet>\n` +
        `  <servlet-mapping><servlet-name>${page}</servlet-name><url-pattern>${path}</url-pattern></servlet-mapping>`,
    )
    .join('\n');
