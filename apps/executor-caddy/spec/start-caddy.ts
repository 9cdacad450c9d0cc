import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCaddy } from '@causeway/lab';
import type { CaddyAccess } from './caddy-desk';

export interface CaddyForSpecs extends CaddyAccess {
  /** Kills the control plane and starts it again: with the configuration it had, or, when that is lost, the one it was first given. */
  crash(saved: 'kept' | 'lost'): Promise<void>;
  stop(): Promise<void>;
}

/** The lab's control plane and gateways, without an application behind them. */
export async function startCaddyForSpecs(): Promise<CaddyForSpecs> {
  const dir = mkdtempSync(join(tmpdir(), 'causeway-caddy-'));
  const upstreams = { 'us-east': '127.0.0.1:1', 'eu-west': '127.0.0.1:1' };
  const delaySeconds = { 'us-east': 1, 'eu-west': 5 };
  const lab = await startCaddy({ dir, upstreams, delaySeconds, say: () => undefined });
  const processes = [lab.controlPlane.process, ...Object.values(lab.gateways).map(({ process }) => process)];
  return {
    adminUrl: lab.controlPlane.adminUrl,
    policyId: lab.policyId,
    logFile: lab.controlPlane.process.logFile,
    crash: async (saved) => {
      await lab.controlPlane.process.kill();
      if (saved === 'lost') rmSync(join(dir, 'control-plane', 'config', 'caddy', 'autosave.json'));
      await lab.controlPlane.process.restart();
    },
    stop: async () => {
      await Promise.all(processes.map((process) => process.stop()));
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
