import { z } from 'zod';
import {
  afterFirstWrite,
  NotApplied,
  type ChangeRequest,
  type Evidence,
  type Executor,
  type LookUp,
  type Written,
} from '@causeway/executor-sdk';
import { KeycloakClient, type Group, type Role, type Scene } from './client/keycloak-client';
import type { KeycloakSettings } from './config';
import { groupNameOf } from './history/names';

/**
 * Realm roles of groups in Keycloak.
 *
 * 1. The mapping is read before every write: a repeated write would change nothing and still leave a second admin event.
 * 2. Keycloak has no place for our attempt: its events name the client, the path and the time. So whose a mapping is, a
 *    look-up cannot tell.
 * 3. After the write the mapping is read again; what is not as wanted then counts as unknown.
 */
export function keycloakExecutor(settings: KeycloakSettings): Executor {
  const client = new KeycloakClient(settings);
  return {
    kind: 'keycloak',
    version: '0.1.0',
    history: 'timestamped-log',
    changes: { 'role-mapping@v1': { capability: 'C', checksEpoch: false } },
    lookUp: (request) => lookUp(client, settings, request),
    apply: (request) => apply(client, settings, request),
    revert: (request) => revert(client, settings, request),
  };
}

const parameters = z.strictObject({ group: z.string().min(1).max(200), role: z.string().min(1).max(200) });

function parametersOf(request: ChangeRequest): z.output<typeof parameters> {
  const parsed = parameters.safeParse(request.with);
  if (parsed.success) return parsed.data;
  throw new NotApplied({
    code: 'bad-parameters',
    message: `role-mapping@v1: ${z.prettifyError(parsed.error)}`,
    remedy: 'give group and role as text',
  });
}

/** A group and the role in question: mapped, or at least to be had. */
interface Mapping {
  readonly group: Group;
  readonly role: Role;
  readonly mapped: boolean;
}

async function lookUp(client: KeycloakClient, settings: KeycloakSettings, request: ChangeRequest): Promise<LookUp> {
  const mapping = await read(client, settings, request);
  return {
    state: mapping.mapped ? 'in-effect' : 'absent',
    byThisAttempt: null,
    evidence: evidenceOf(settings, mapping),
  };
}

async function apply(client: KeycloakClient, settings: KeycloakSettings, request: ChangeRequest): Promise<Written> {
  const before = await read(client, settings, request);
  if (before.mapped) return { changed: false, evidence: evidenceOf(settings, before) };
  await client.addMapping(sceneOf(request), before.group, before.role);
  return readAgain(client, settings, request, before);
}

async function revert(client: KeycloakClient, settings: KeycloakSettings, request: ChangeRequest): Promise<Written> {
  const before = await read(client, settings, request);
  if (!before.mapped) return { changed: false, evidence: evidenceOf(settings, before) };
  await client.removeMapping(sceneOf(request), before.group, before.role);
  return readAgain(client, settings, request, before);
}

async function readAgain(
  client: KeycloakClient,
  settings: KeycloakSettings,
  request: ChangeRequest,
  before: Mapping,
): Promise<Written> {
  const roles = await afterFirstWrite('the write', () => client.mappedRoles(sceneOf(request), before.group));
  const mapped = roles.some(({ id }) => id === before.role.id);
  if (mapped === before.mapped)
    throw new Error(`the roles of group ${before.group.path} are not as written when read again`);
  return {
    changed: true,
    evidence: { ...evidenceOf(settings, { ...before, mapped }), before: { mapped: before.mapped } },
  };
}

async function read(client: KeycloakClient, settings: KeycloakSettings, request: ChangeRequest): Promise<Mapping> {
  const wanted = parametersOf(request);
  const scene = sceneOf(request);
  const group = await client.group(scene, wanted.group);
  mustBeNamedOneWay(wanted.group, group);
  const named = (roles: readonly Role[]): Role | undefined => roles.find(({ name }) => name === wanted.role);
  const mapped = named(await client.mappedRoles(scene, group));
  if (mapped) return { group, role: mapped, mapped: true };
  const available = named(await client.availableRoles(scene, group));
  if (available) return { group, role: available, mapped: false };
  throw new NotApplied({
    code: 'unknown-role',
    message: `realm ${settings.realm} has no role ${wanted.role} that our client may give to a group`,
    remedy: 'create the realm role first, or correct its name in the step',
  });
}

/** What is observed names the group in one way; a step that named it in another would not be recognised as the cause. */
function mustBeNamedOneWay(wanted: string, { path }: Group): void {
  const name = groupNameOf(path);
  if (wanted === name) return;
  throw new NotApplied({
    code: 'bad-parameters',
    message: `group ${wanted} is called ${name}`,
    remedy: `write group: ${name} (a group at the top by its name, one below another by its path)`,
  });
}

const sceneOf = ({ attemptId, signal }: ChangeRequest): Scene => ({ attemptId, signal });

const evidenceOf = ({ realm }: KeycloakSettings, { group, role, mapped }: Mapping): Evidence => ({
  realm,
  group: { id: group.id, path: group.path },
  role: { id: role.id, name: role.name },
  mapped,
});
