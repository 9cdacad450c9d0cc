import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, startTomcat, type Region } from '@causeway/lab';
import type { TomcatAccess } from './tomcat-desk';

export interface TomcatForSpecs extends TomcatAccess {
  /** The shop's own people. */
  readonly team: { readonly user: string; readonly password: string };
  /** Kills a member's Tomcat, and starts it again on the same files. */
  crash(member: string): Promise<void>;
  stop(): Promise<void>;
}

/** The lab's two Tomcats alone. */
export async function startTomcatForSpecs(): Promise<TomcatForSpecs> {
  const dir = mkdtempSync(join(tmpdir(), 'causeway-tomcat-'));
  const [us, eu] = (await freePorts(2)) as [number, number];
  const ports = { 'us-east': us, 'eu-west': eu };
  // The versions' own endpoint asks nobody for a token, so no issuer has to be there.
  const lab = await startTomcat({ dir, ports, issuer: 'http://127.0.0.1:1/realms/none', say: () => undefined });
  const instances = Object.entries(lab.instances);
  return {
    members: Object.fromEntries(instances.map(([region, { url }]) => [`shop-${region}`, url])),
    accessLogs: Object.fromEntries(instances.map(([region, { accessLog }]) => [`shop-${region}`, accessLog])),
    user: lab.executor.name,
    password: lab.executor.password,
    warFolder: lab.warFolder,
    team: { user: lab.team.name, password: lab.team.password },
    crash: async (member) => {
      const { process } = lab.instances[member.replace('shop-', '') as Region];
      await process.kill();
      await process.restart();
    },
    stop: async () => {
      await Promise.all(instances.map(([, { process }]) => process.stop()));
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
