import { NotApplied } from '@causeway/executor-sdk';
import { callTarget, refusalOf, type TargetAnswer } from '@causeway/executor-host';
import type { TomcatSettings } from '../config';
import { listedVersions, type ListedVersion } from './listing';

/** A deployment uploads the archive and answers once the application has started. */
const DEPLOY_TIMEOUT_MS = 60_000;

/** The manager's "no", which comes with HTTP 200: the first word of the text is the answer. */
export class ManagerFailure extends Error {
  override readonly name = 'ManagerFailure';

  constructor(
    message: string,
    private readonly answer: string,
  ) {
    super(message);
  }

  /** Another request deploys that version, or has just done so: what is there is not ours. */
  get isAnothers(): boolean {
    return /already exists at path|is already being serviced/.test(this.answer);
  }
}

export interface Scene {
  readonly member: string;
  readonly attemptId: string;
  readonly signal: AbortSignal;
}

/** The text manager of every member's Tomcat, for one context. */
export class ManagerClient {
  private readonly authorization: string;

  constructor(private readonly settings: TomcatSettings) {
    this.authorization = `Basic ${Buffer.from(`${settings.user}:${settings.password}`).toString('base64')}`;
  }

  async list(scene: Scene): Promise<ListedVersion[]> {
    const text = await this.command(scene, 'GET', '/list', 'list applications');
    return listedVersions(text, this.settings.context);
  }

  /** Throws {@link ManagerFailure} when Tomcat says that it failed; a stopped version may be left behind then. */
  deploy(scene: Scene, version: string, archive: Buffer): Promise<string> {
    return this.command(scene, 'PUT', `/deploy?${this.versionQuery(version)}`, `deploy ${version}`, archive);
  }

  undeploy(scene: Scene, version: string): Promise<string> {
    return this.command(scene, 'GET', `/undeploy?${this.versionQuery(version)}`, `undeploy ${version}`);
  }

  /** Status of the application's warming path; for the evidence only. */
  async warm(scene: Scene): Promise<number> {
    const { context, warmPath } = this.settings;
    return (await this.call(scene, 'GET', `/${context}${warmPath}`, {})).status;
  }

  private versionQuery(version: string): string {
    return `path=${encodeURIComponent(`/${this.settings.context}`)}&version=${encodeURIComponent(version)}`;
  }

  private async command(
    scene: Scene,
    method: 'GET' | 'PUT',
    path: string,
    what: string,
    body?: Buffer,
  ): Promise<string> {
    const answer = await this.call(scene, method, `/manager/text${path}`, { authorization: this.authorization }, body);
    if (answer.status !== 200) throw refusalOf({ system: `Tomcat of ${scene.member}`, what }, answer);
    if (answer.text.startsWith('OK')) return answer.text.trim();
    const said = answer.text.trim().slice(0, 300);
    throw new ManagerFailure(`Tomcat of ${scene.member} failed to ${what}: ${said}`, said);
  }

  private call(
    scene: Scene,
    method: 'GET' | 'PUT',
    path: string,
    more: Readonly<Record<string, string>>,
    body?: Buffer,
  ): Promise<TargetAnswer> {
    // The access log keeps this header: the only place where Tomcat can carry our attempt.
    const headers = {
      'user-agent': 'causeway-executor/0.1.0',
      // The manager answers in the caller's language, and what it says is read.
      'accept-language': 'en',
      'x-causeway-step': scene.attemptId,
      ...more,
    };
    const sent = body === undefined ? {} : { body, timeoutMs: DEPLOY_TIMEOUT_MS };
    return callTarget({
      method,
      url: `${this.addressOf(scene.member)}${path}`,
      headers,
      signal: scene.signal,
      ...sent,
    });
  }

  private addressOf(member: string): string {
    const { members } = this.settings;
    const address = Object.hasOwn(members, member) ? members[member] : undefined;
    if (address) return address;
    throw new NotApplied({
      code: 'unknown-member',
      message: `the executor knows no Tomcat ${member}; it knows ${Object.keys(members).join(', ')}`,
      remedy: 'add it to TOMCAT_MEMBERS, or correct the members of the target',
    });
  }
}
