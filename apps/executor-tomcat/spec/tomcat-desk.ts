/** The application's operator, beside the executor: lists, deploys and undeploys by hand, and reads Tomcat's access logs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';

export interface TomcatAccess {
  /** Member to the base address of its Tomcat. */
  readonly members: Readonly<Record<string, string>>;
  readonly user: string;
  readonly password: string;
  /** Folder with shop-<version>.war. */
  readonly warFolder: string;
  /** Member to its access log. */
  readonly accessLogs: Readonly<Record<string, string>>;
}

export class TomcatDesk {
  constructor(private readonly access: TomcatAccess) {}

  /** Versions of /shop at a member: `<version> <state>`. */
  async versions(member: string): Promise<string[]> {
    const text = await this.manager(member, 'GET', '/list');
    const lines = text.split('\n').filter((line) => line.startsWith('/shop:'));
    return lines
      .map((line) => `${(line.split('##')[1] ?? '').replace(/\.war$/, '')} ${line.split(':')[1] ?? ''}`)
      .sort();
  }

  /** The manager's answer, as of the other commands. */
  undeploy(member: string, version: string): Promise<string> {
    return this.manager(member, 'GET', `/undeploy?path=/shop&version=${version}`);
  }

  /** @param of the version whose archive is sent, when it is not its own */
  deploy(member: string, version: string, of = version): Promise<string> {
    const archive = readFileSync(join(this.access.warFolder, `shop-${of}.war`));
    return this.manager(member, 'PUT', `/deploy?path=/shop&version=${version}`, archive);
  }

  /** `stop`, `start`, `reload` of a version; or any other command with its parameters. */
  command(member: string, command: string, version: string, headers: Record<string, string> = {}): Promise<string> {
    return this.manager(member, 'GET', `/${command}?path=/shop&version=${version}`, undefined, headers);
  }

  /** Deployments and undeployments in a member's access log: `<method> <version> <attempt>`, oldest first. */
  writes(member: string): string[] {
    const log = readFileSync(this.access.accessLogs[member] as string, 'utf8');
    return [
      ...log.matchAll(
        /"(PUT|GET) \/manager\/text\/(?:un)?deploy\?path=%2Fshop&version=(\S+) [^"]*".*change="([^"]*)"/g,
      ),
    ].map(([, method, version, step]) => `${method} ${version} ${step}`);
  }

  /** What a new user of a member gets. */
  async served(member: string): Promise<unknown> {
    const { body } = await request(`${this.access.members[member]}/shop/version`);
    return body.json();
  }

  private async manager(
    member: string,
    method: 'GET' | 'PUT',
    path: string,
    body?: Buffer,
    more: Record<string, string> = {},
  ): Promise<string> {
    const { user, password, members } = this.access;
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    const url = `${members[member]}/manager/text${path}`;
    const answer = await request(url, {
      method,
      headers: { authorization, 'user-agent': 'by hand', ...more },
      body: body ?? null,
    });
    return answer.body.text();
  }
}
