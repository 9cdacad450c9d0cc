import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** True when a container engine answers where engines listen. Cheap: nothing of testcontainers is loaded for it. */
export async function hasContainerEngine(env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  if (env['CAUSEWAY_NO_CONTAINERS']) return false;
  const host = env['DOCKER_HOST'];
  if (host?.startsWith('tcp:')) return answers({ host: new URL(host).hostname, port: Number(new URL(host).port) });
  const sockets = host?.startsWith('unix:') ? [host.slice('unix://'.length)] : usualSockets(env);
  for (const path of sockets) if (existsSync(path) && (await answers({ path }))) return true;
  return false;
}

const usualSockets = (env: NodeJS.ProcessEnv): string[] => [
  '/var/run/docker.sock',
  join(homedir(), '.docker', 'run', 'docker.sock'),
  join(env['XDG_RUNTIME_DIR'] ?? '/run/user/0', 'docker.sock'),
];

function answers(address: { host: string; port: number } | { path: string }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ ...address, timeout: 1_000 });
    const done = (answer: boolean) => (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', done(true)).once('error', done(false)).once('timeout', done(false));
  });
}
