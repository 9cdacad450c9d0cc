import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, startKeycloak } from '@causeway/lab';
import type { KeycloakAccess } from './keycloak-desk';

export interface KeycloakForSpecs extends KeycloakAccess {
  readonly executor: { readonly clientId: string; readonly clientSecret: string };
  /** An account that may look and not write. */
  readonly observer: { readonly clientId: string; readonly clientSecret: string };
  /** The IdP team's own account: may change role mappings. */
  readonly team: { readonly clientId: string; readonly clientSecret: string };
  /** Kills it, and starts it again on the same data. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

/** The lab's Keycloak alone. */
export async function startKeycloakForSpecs(): Promise<KeycloakForSpecs> {
  const dir = mkdtempSync(join(tmpdir(), 'causeway-keycloak-'));
  const [port] = (await freePorts(1)) as [number];
  const { url, realm, admin, executor, observer, team, process } = await startKeycloak({
    dir,
    port,
    say: () => undefined,
  });
  return {
    ...{ url, realm, admin, executor, observer, team },
    crash: async () => {
      await process.kill();
      await process.restart();
    },
    stop: async () => {
      await process.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
