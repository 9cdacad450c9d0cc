import { z } from 'zod';
import type { SeenMutation } from '@causeway/executor-sdk';
import { changedGroupOf, changedRoleOf, mappedGroupOf, representationOf, type AdminEvent } from './admin-event';
import { serviceAccountOf, type Names } from './names';

/** What one event is told with. */
export interface Telling {
  readonly names: Names;
  /** The client whose changes are ours. */
  readonly executorClientId: string;
  /** False: groups were renamed after this event, so what a group is called now says nothing. */
  readonly groupsAsNow: boolean;
  readonly signal: AbortSignal;
}

/** What of a mutation depends on what kind of event it is. */
type Content = Pick<SeenMutation, 'resource' | 'change' | 'with' | 'after'> & { readonly id: string };

/**
 * The mutations of one admin event: one a role for a mapping, one for a group or role that was itself changed or deleted (which
 * takes mappings along, or moves them to another name), none for everything else.
 */
export async function toldBy(event: AdminEvent, telling: Telling): Promise<SeenMutation[]> {
  if (event.error !== undefined) return [];
  const contents = await contentsOf(event, telling);
  if (contents.length === 0) return [];
  const common = await commonOf(event, telling);
  return contents.map(({ id, resource, ...content }) => ({
    ...common,
    ...content,
    resource: cut(resource),
    source: { id: cut(id), detail: detailOf(event) },
  }));
}

async function contentsOf(event: AdminEvent, telling: Telling): Promise<Content[]> {
  const mapped = mappedGroupOf(event);
  if (mapped !== null) return mappingsOf(event, mapped, telling);
  const group = changedGroupOf(event);
  if (group !== null) return [undeclared(event, `groups/${await nameOf(group, telling)}`)];
  const role = changedRoleOf(event);
  return role === null ? [] : [undeclared(event, `realm-roles/${roleNameOf(event, role)}`)];
}

const roles = z.array(z.object({ id: z.string().min(1), name: z.string().min(1) })).min(1);

async function mappingsOf(event: AdminEvent, groupId: string, telling: Telling): Promise<Content[]> {
  const group = await telling.names.groupName(groupId, telling.groupsAsNow, telling.signal);
  const place = `${groupResource(group ?? groupId)}/realm-roles`;
  const mapped = roles.safeParse(representationOf(event));
  if (!mapped.success) return [undeclared(event, place)];
  return mapped.data.map(({ id, name }) => ({
    id: `${event.id}/${id}`,
    resource: `${place}/${name}`,
    change: 'role-mapping@v1',
    with: { ...(group === null ? {} : { group }), role: name },
    after: { kind: 'known', value: { mapped: event.operationType !== 'DELETE' } },
  }));
}

/** Said with the group's id when its name is not known: then it is no name that a plan could mean. */
const groupResource = (group: string): string => `groups/${group.replace(/^\//, '')}`;

async function nameOf(groupId: string, { names, groupsAsNow, signal }: Telling): Promise<string> {
  return ((await names.groupName(groupId, groupsAsNow, signal)) ?? groupId).replace(/^\//, '');
}

const undeclared = ({ id }: AdminEvent, resource: string): Content => ({
  ...{ id, resource, change: null, with: {} },
  after: { kind: 'unknown' },
});

const named = z.object({ name: z.string().min(1) });

/** The path holds a name or an id; what was sent holds the name, when it is the role itself. */
function roleNameOf(event: AdminEvent, inPath: string): string {
  const sent = event.resourcePath.startsWith('roles-by-id/') ? named.safeParse(representationOf(event)) : null;
  return sent?.success ? sent.data.name : decoded(inPath);
}

async function commonOf(event: AdminEvent, { names, executorClientId, signal }: Telling) {
  const { actor, client } = await names.doerOf(event, signal);
  const ours = actor.kind === 'service' && actor.name === serviceAccountOf(executorClientId);
  return {
    effect: event.operationType === 'DELETE' ? 'removed' : 'set',
    scopes: null,
    actor: { kind: actor.kind, name: actor.name && cut(actor.name) },
    channel: { client: client && cut(client), token: null, address: event.authDetails.ipAddress ?? null },
    before: { kind: 'unknown' },
    // Keycloak has no place for our attempt: only the account says that it was our executor.
    by: ours ? { kind: 'executor', attemptId: null } : { kind: 'other' },
    happened: { kind: 'at', at: new Date(event.time).toISOString() },
  } as const satisfies Partial<SeenMutation>;
}

const detailOf = ({ id, operationType, resourceType, resourcePath, authDetails }: AdminEvent) => ({
  ...{ event: id, operation: operationType, type: resourceType, path: cut(resourcePath) },
  ...(authDetails.userId ? { userId: authDetails.userId } : {}),
  ...(authDetails.clientId ? { clientId: authDetails.clientId } : {}),
  ...(authDetails.realmId ? { realmId: authDetails.realmId } : {}),
});

/** As long as a text of a message may be. */
const cut = (text: string): string => text.slice(0, 300);

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
