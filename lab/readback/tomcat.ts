/** What one region's Tomcat says now, and what its access log remembers. Shares no code with any executor. */
import { readFile } from 'node:fs/promises';
import { basic, call, callOk } from '../http/call';
import type { TomcatInstance, TomcatLab } from '../systems/tomcat/start';
import type { Region } from '../systems/regions';

export interface DeployedVersion {
  readonly version: string;
  readonly state: string;
}

/** One request to the manager that would change what is deployed. The log cannot tell whether it succeeded. */
export interface DeployRequest {
  readonly atMs: number;
  readonly user: string;
  readonly command: 'deploy' | 'undeploy' | 'start' | 'stop' | 'reload';
  readonly version: string | null;
  readonly status: number;
  /** The header X-Causeway-Step, or null: not from an executor of ours. */
  readonly change: string | null;
}

/** The versions of the shop that the manager lists, oldest first. Asked as the application's own team. */
export async function readDeployments(tomcat: TomcatLab, region: Region): Promise<DeployedVersion[]> {
  const { url } = tomcat.instances[region];
  const { name, password } = tomcat.team;
  const { text } = await callOk({ url: `${url}/manager/text/list`, headers: basic(name, password) });
  const rows = text.split('\n').map((line) => line.trim().split(':'));
  return rows
    .filter(([path]) => path === `/${tomcat.context}`)
    .map(([, state = '', , name_ = '']) => ({ state, version: name_.split('##')[1] ?? '' }))
    .sort((a, b) => a.version.localeCompare(b.version));
}

/** The version that the application itself says it is, or null when it does not answer. */
export async function readServedVersion({ url }: TomcatInstance): Promise<string | null> {
  const answer = await call({ url: `${url}/shop/version` });
  return answer.status === 200 ? (JSON.parse(answer.text) as { version: string }).version : null;
}

/** Oldest first. */
export async function deployHistory({ accessLog }: TomcatInstance): Promise<DeployRequest[]> {
  const lines = (await readFile(accessLog, 'utf8')).split('\n');
  return lines.flatMap((line) => readLine(line) ?? []);
}

const LINE = /^\S+ (\S+) \S+ "([^"]*)" (\d+) \d+ "\S+ (\S+) HTTP\/[\d.]+" change="([^"]*)" agent=/;
const COMMAND = /^\/manager\/text\/(deploy|undeploy|start|stop|reload)$/;

function readLine(line: string): DeployRequest | null {
  const [, at = '', user = '', status = '', target = '', change = ''] = LINE.exec(line) ?? [];
  const { pathname, searchParams } = new URL(target, 'http://localhost');
  const command = COMMAND.exec(pathname)?.[1] as DeployRequest['command'] | undefined;
  if (!command) return null;
  const told = change === '-' ? null : change;
  return {
    atMs: Date.parse(at),
    user,
    command,
    version: searchParams.get('version'),
    status: Number(status),
    change: told,
  };
}
