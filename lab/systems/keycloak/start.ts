import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Say } from '../../cache/cache-folder';
import type { RunningProcess } from '../../processes/managed-process';
import { installKeycloak } from './install';
import { GROUP, REALM, ROLE, WEB_CLIENT, type RealmSecrets } from './realm';
import { databaseFolder, runKeycloak } from './run-keycloak';

/** The identity provider, with realm `shop` in the old state: the group `auditors` does not have the role yet. */
export interface KeycloakLab extends RealmSecrets {
  readonly url: string;
  readonly realm: string;
  /** `<url>/realms/<realm>`, as in the tokens' `iss`. */
  readonly issuer: string;
  readonly tokenUrl: string;
  readonly group: string;
  readonly role: string;
  /** Public client for the password grant of the probe user. */
  readonly webClientId: string;
  readonly process: RunningProcess;
}

/** Where Keycloak will be on that port: others need to know it before it runs. */
export const issuerAt = (port: number): string => `http://127.0.0.1:${port}/realms/${REALM}`;

export async function startKeycloak({ dir, port, say }: { dir: string; port: number; say: Say }): Promise<KeycloakLab> {
  const { home, database, classArchive, secrets } = await installKeycloak(say);
  await mkdir(databaseFolder(dir), { recursive: true });
  await copyFile(database, join(databaseFolder(dir), 'keycloakdb.mv.db'));
  const process = await runKeycloak({ home, dir, port, classArchive: { file: classArchive, mode: 'use' } });
  const issuer = issuerAt(port);
  return {
    ...secrets,
    url: `http://127.0.0.1:${port}`,
    realm: REALM,
    issuer,
    tokenUrl: `${issuer}/protocol/openid-connect/token`,
    group: GROUP,
    role: ROLE,
    webClientId: WEB_CLIENT,
    process,
  };
}
