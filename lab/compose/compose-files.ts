/**
 * What docker-compose.yml mounts, made from the same code as the lab without containers, so that the two cannot differ.
 * Committed under lab/compose/files; a spec compares. Passwords here are known to everybody: loopback ports only.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { labFile } from '../cache/cache-folder';
import { shopEntries } from '../shop/build-shop-war';
import {
  controlPlaneDocument,
  gatewayDocument,
  type ControlPlaneShape,
  type JsonObject,
} from '../systems/caddy/documents';
import { realmDocument } from '../systems/keycloak/realm';
import { REGIONS } from '../systems/regions';
import { managerXml, serverXml, usersXml } from '../systems/tomcat/instance-files';

const PASSWORD = 'causeway-lab';

/** Content by path under lab/compose/files. */
export async function composeFiles(): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  const policy = JSON.parse(await readFile(labFile('policies', 'baseline.json'), 'utf8')) as JsonObject;
  const shape = controlPlaneShape(policy);
  files['caddy/control-plane.json'] = asJson(controlPlaneDocument(shape));
  for (const region of REGIONS) files[`caddy/${region}.json`] = asJson(gatewayDocument(shape, region, policy));
  files['keycloak/shop-realm.json'] = asJson(realmDocument(knownSecrets));
  files['tomcat/server.xml'] = serverXml(8080, '0.0.0.0');
  files['tomcat/tomcat-users.xml'] = usersXml(
    ['causeway-executor', 'shop-team'].map((name) => ({ name, password: PASSWORD })),
  );
  files['tomcat/manager.xml'] = managerXml('${catalina.home}/webapps.dist/manager');
  for (const [name, content] of Object.entries(await shopEntries('1.0.0'))) files[`shop-1.0.0/${name}`] = content;
  return files;
}

/** Writes them to their place in the checkout. */
export async function writeComposeFiles(): Promise<void> {
  for (const [path, content] of Object.entries(await composeFiles())) {
    const file = join(labFile('compose', 'files'), path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}

const asJson = (document: unknown): string => `${JSON.stringify(document, null, 2)}\n`;

/** Inside a container every address has to be listened to; only loopback of the host is published. */
const controlPlaneShape = (policy: JsonObject): ControlPlaneShape => ({
  listen: '0.0.0.0:8080',
  url: 'http://control-plane:8080',
  adminListen: '0.0.0.0:2019',
  adminDial: '127.0.0.1:2019',
  adminOrigins: ['127.0.0.1:2019', 'localhost:2019', 'control-plane:2019'],
  policy,
  delaySeconds: { 'us-east': 1, 'eu-west': 12 },
});

const account = (clientId: string) => ({ clientId, clientSecret: PASSWORD });

const knownSecrets = {
  admin: { username: 'lab-admin', password: PASSWORD },
  probeUser: { username: 'probe-user', password: PASSWORD },
  executor: account('causeway-executor'),
  observer: account('causeway-observer'),
  team: account('idp-team'),
};
