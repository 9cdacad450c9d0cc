import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Say } from '../../cache/cache-folder';
import { installOnce, type Recipe } from '../../cache/install-once';
import { mavenFile } from '../../cache/maven';
import { requireJava, run } from '../../cache/tools';
import { unzip } from '../../cache/unzip';
import { freePorts } from '../../processes/ports';
import { bearer, callJson, callOk } from '../../http/call';
import { newSecrets, realmDocument, type RealmSecrets } from './realm';
import { databaseFolder, runKeycloak } from './run-keycloak';

const VERSION = '26.7.3';
const DATABASE_FILE = 'keycloakdb.mv.db';

/** What the cache holds: the built distribution, a database with the seeded realm, its secrets, and a class archive. */
export interface InstalledKeycloak {
  readonly home: string;
  readonly database: string;
  readonly classArchive: string;
  readonly secrets: RealmSecrets;
}

const recipe: Recipe = {
  name: 'keycloak',
  version: `${VERSION}-r2`,
  title: `Keycloak ${VERSION} (177 MB by Maven, then its own build and first start: about a minute and a half)`,
  install: async (folder, say) => {
    await unpack(folder);
    say('keycloak: its own build ...');
    await run('bash', [join(folder, 'home', 'bin', 'kc.sh'), 'build', '--db=dev-file', '--health-enabled=true']);
    say('keycloak: first start, new database, realm ...');
    await seed(folder);
  },
};

export async function installKeycloak(say: Say): Promise<InstalledKeycloak> {
  requireJava('Keycloak');
  const folder = await installOnce(recipe, say);
  const secrets = JSON.parse(await readFile(join(folder, 'secrets.json'), 'utf8')) as RealmSecrets;
  return {
    home: join(folder, 'home'),
    database: join(folder, DATABASE_FILE),
    classArchive: join(folder, 'classes.jsa'),
    secrets,
  };
}

async function unpack(folder: string): Promise<void> {
  const archive = await mavenFile(
    {
      group: 'org.keycloak',
      artifact: 'keycloak-quarkus-dist',
      version: VERSION,
      type: 'zip',
      sha256: '27a6535553c3cdcd083872ba40629efafb3475e3b758e0c6f691395561dd0f1f',
    },
    folder,
  );
  await unzip(archive, folder);
  await rename(join(folder, `keycloak-${VERSION}`), join(folder, 'home'));
  await rm(archive);
}

/** Starts it once on an empty database, makes the realm, stops it cleanly, keeps the database file. */
async function seed(folder: string): Promise<void> {
  const secrets = newSecrets();
  const dir = join(folder, 'first-run');
  await mkdir(dir, { recursive: true });
  const [port] = (await freePorts(1)) as [number];
  const classArchive = { file: join(folder, 'classes.jsa'), mode: 'write' } as const;
  const server = await runKeycloak({
    home: join(folder, 'home'),
    dir,
    port,
    bootstrapAdmin: secrets.admin,
    classArchive,
  });
  try {
    await createRealm(`http://127.0.0.1:${port}`, secrets);
  } finally {
    await server.stop();
  }
  await copyFile(join(databaseFolder(dir), DATABASE_FILE), join(folder, DATABASE_FILE));
  await writeFile(join(folder, 'secrets.json'), JSON.stringify(secrets), { mode: 0o600 });
  await rm(dir, { recursive: true });
}

async function createRealm(url: string, secrets: RealmSecrets): Promise<void> {
  const { username, password } = secrets.admin;
  const { access_token } = await callJson<{ access_token: string }>({
    method: 'POST',
    url: `${url}/realms/master/protocol/openid-connect/token`,
    form: { grant_type: 'password', client_id: 'admin-cli', username, password },
  });
  const json = realmDocument(secrets);
  await callOk({ method: 'POST', url: `${url}/admin/realms`, headers: bearer(access_token), json, timeoutMs: 60_000 });
}
