import { z } from 'zod';
import { NotApplied } from '@causeway/executor-sdk';
import { callTarget, jsonOf, refusalOf, type TargetAnswer, type TargetCall } from '@causeway/executor-host';
import type { KeycloakSettings } from '../config';
import { AccessToken } from './access-token';

const group = z.object({ id: z.string(), name: z.string(), path: z.string() });
const role = z.object({ id: z.string(), name: z.string() });
export type Group = z.output<typeof group>;
export type Role = z.output<typeof role>;

const SYSTEM = 'Keycloak';

export interface Scene {
  readonly attemptId: string;
  readonly signal: AbortSignal;
}

/** The admin API of one realm, as far as `manage-users` reaches: groups and their realm role mappings. */
export class KeycloakClient {
  private readonly token: AccessToken;

  constructor(private readonly settings: KeycloakSettings) {
    this.token = new AccessToken(settings);
  }

  /** By path (`/teams/auditors`) or by the name of a group at the top. NotApplied `unknown-group`. */
  async group(scene: Scene, nameOrPath: string): Promise<Group> {
    const segments = nameOrPath.split('/').filter((segment) => segment.length > 0);
    const path = `/group-by-path/${segments.map(encodeURIComponent).join('/')}`;
    const answer = await this.call(scene, 'GET', path);
    if (answer.status === 404) throw unknownGroup(nameOrPath, this.settings.realm);
    return this.read(group, `find group ${nameOrPath}`, answer);
  }

  async mappedRoles(scene: Scene, { id, path }: Group): Promise<Role[]> {
    const answer = await this.call(scene, 'GET', mappings(id));
    return this.read(z.array(role), `list the roles of group ${path}`, answer);
  }

  /** Roles that could still be given to the group. */
  async availableRoles(scene: Scene, { id, path }: Group): Promise<Role[]> {
    const answer = await this.call(scene, 'GET', `${mappings(id)}/available`);
    return this.read(z.array(role), `list the roles that group ${path} could get`, answer);
  }

  addMapping(scene: Scene, to: Group, added: Role): Promise<void> {
    return this.change(scene, 'POST', to, added, `give role ${added.name} to group ${to.path}`);
  }

  removeMapping(scene: Scene, from: Group, removed: Role): Promise<void> {
    return this.change(scene, 'DELETE', from, removed, `take role ${removed.name} from group ${from.path}`);
  }

  private async change(
    scene: Scene,
    method: 'POST' | 'DELETE',
    of: Group,
    { id, name }: Role,
    what: string,
  ): Promise<void> {
    const answer = await this.call(scene, method, mappings(of.id), JSON.stringify([{ id, name }]));
    if (answer.status !== 204) throw refusalOf({ system: SYSTEM, what }, answer);
  }

  /** A token that Keycloak no longer takes (restart, new keys) was refused before anything else: once more with a new one. */
  private async call(scene: Scene, method: TargetCall['method'], path: string, body?: string): Promise<TargetAnswer> {
    const first = await this.callOnce(scene, method, path, body);
    if (first.status !== 401) return first;
    this.token.forget();
    return this.callOnce(scene, method, path, body);
  }

  private async callOnce(
    scene: Scene,
    method: TargetCall['method'],
    path: string,
    body?: string,
  ): Promise<TargetAnswer> {
    const headers: Record<string, string> = {
      authorization: `Bearer ${await this.token.get(scene.signal)}`,
      'user-agent': 'causeway-executor/0.1.0',
      'x-causeway-step': scene.attemptId,
    };
    if (body !== undefined) headers['content-type'] = 'application/json';
    const url = `${this.settings.url}/admin/realms/${encodeURIComponent(this.settings.realm)}${path}`;
    return callTarget({ method, url, headers, signal: scene.signal, ...(body === undefined ? {} : { body }) });
  }

  private read<T extends z.ZodType>(schema: T, what: string, answer: TargetAnswer): z.output<T> {
    const asked = { system: SYSTEM, what };
    if (answer.status !== 200) throw refusalOf(asked, answer);
    const parsed = schema.safeParse(jsonOf(asked, answer));
    if (!parsed.success) throw new Error(`${SYSTEM} answered in a form we do not know to: ${what}`);
    return parsed.data;
  }
}

const mappings = (groupId: string): string => `/groups/${encodeURIComponent(groupId)}/role-mappings/realm`;

const unknownGroup = (nameOrPath: string, realm: string): NotApplied =>
  new NotApplied({
    code: 'unknown-group',
    message: `realm ${realm} has no group ${nameOrPath}`,
    remedy: 'create the group first, or correct its name (top level) or path (/parent/child) in the step',
  });
