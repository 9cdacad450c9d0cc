import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, startKeycloak } from '@causeway/lab';
import type { KeycloakAccess } from './keycloak-desk';

export interface KeycloakForSpecs extends KeycloakAccess {
  readonly executor: { readonly clientId: string; readonly clientSecret: string };
  /** An account that may look and not write. */
  readonly observer: { readonly clientId: string; readonly clientSecret: string };
  stop(): Promise<void>;
}

/** The lab's Keycloak alone. */
export async function startKeycloakForSpecs(): Promise<KeycloakForSpecs> {
  const dir = mkdtempSync(join(tmpdir(), 'causeway-keycloak-'));
  const [port] = (await freePorts(1)) as [number];
  const { url, realm, admin, executor, observer, process } = await startKeycloak({ dir, port, say: () => undefined });
  return {
    ...{ url, realm, admin, executor, observer },
    stop: async () => {
      await process.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
