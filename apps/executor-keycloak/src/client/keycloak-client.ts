import { z } from 'zod';
import { NotApplied } from '@causeway/executor-sdk';
import { refusalOf, type TargetAnswer } from '@causeway/executor-host';
import type { KeycloakSettings } from '../config';
import { AdminApi, readAnswer, SYSTEM, type AdminCall } from './admin-api';

const group = z.object({ id: z.string(), name: z.string(), path: z.string() });
const role = z.object({ id: z.string(), name: z.string() });
export type Group = z.output<typeof group>;
export type Role = z.output<typeof role>;

export interface Scene {
  readonly attemptId: string;
  readonly signal: AbortSignal;
}

/** The admin API of one realm, as far as `manage-users` reaches: groups and their realm role mappings. */
export class KeycloakClient {
  private readonly api: AdminApi;

  constructor(private readonly settings: KeycloakSettings) {
    this.api = new AdminApi(settings);
  }

  /** By path (`/teams/auditors`) or by the name of a group at the top. NotApplied `unknown-group`. */
  async group(scene: Scene, nameOrPath: string): Promise<Group> {
    const segments = nameOrPath.split('/').filter((segment) => segment.length > 0);
    const path = `/group-by-path/${segments.map(encodeURIComponent).join('/')}`;
    const answer = await this.call(scene, 'GET', path);
    if (answer.status === 404) throw unknownGroup(nameOrPath, this.settings.realm);
    return readAnswer(group, `find group ${nameOrPath}`, answer);
  }

  async mappedRoles(scene: Scene, { id, path }: Group): Promise<Role[]> {
    const answer = await this.call(scene, 'GET', mappings(id));
    return readAnswer(z.array(role), `list the roles of group ${path}`, answer);
  }

  /** Roles that could still be given to the group. */
  async availableRoles(scene: Scene, { id, path }: Group): Promise<Role[]> {
    const answer = await this.call(scene, 'GET', `${mappings(id)}/available`);
    return readAnswer(z.array(role), `list the roles that group ${path} could get`, answer);
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

  private call(
    { attemptId, signal }: Scene,
    method: AdminCall['method'],
    path: string,
    body?: string,
  ): Promise<TargetAnswer> {
    const headers: Record<string, string> = { 'x-causeway-step': attemptId };
    if (body !== undefined) headers['content-type'] = 'application/json';
    return this.api.call({ method, path, headers, signal, ...(body === undefined ? {} : { body }) });
  }
}

const mappings = (groupId: string): string => `/groups/${encodeURIComponent(groupId)}/role-mappings/realm`;

const unknownGroup = (nameOrPath: string, realm: string): NotApplied =>
  new NotApplied({
    code: 'unknown-group',
    message: `realm ${realm} has no group ${nameOrPath}`,
    remedy: 'create the group first, or correct its name (top level) or path (/parent/child) in the step',
  });
