import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres, startUnleash } from '@causeway/lab';
import type { UnleashAccess } from './unleash-desk';

export interface UnleashForSpecs extends UnleashAccess {
  readonly executorToken: string;
  /** What Unleash calls the owner of the executor's token. */
  readonly executorName: string;
  /** The people who release, with a token of their own. */
  readonly team: { readonly token: string; readonly name: string };
  /** Kills it, and starts it again on the same database. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

/** The lab's Unleash alone, on a database of its own. */
export async function startUnleashForSpecs(): Promise<UnleashForSpecs> {
  const dir = mkdtempSync(join(tmpdir(), 'causeway-unleash-'));
  const say = (): void => undefined;
  const postgres = await startPostgres({ dir, say, durable: false });
  const lab = await startUnleash({ dir, postgresUrl: postgres.url, say });
  return {
    url: lab.url,
    adminToken: lab.adminToken,
    executorToken: lab.executor.token,
    executorName: lab.executor.email,
    team: { token: lab.team.token, name: lab.team.email },
    crash: async () => {
      await lab.process.kill();
      await lab.process.restart();
    },
    stop: async () => {
      await lab.process.stop();
      await postgres.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
