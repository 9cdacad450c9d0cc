import { z } from 'zod';

const present = z.string().min(1).optional();

/** One admin event as Keycloak keeps it. Ids of users and clients are internal; `time` is Keycloak's clock, Unix milliseconds. */
export const adminEvent = z.object({
  id: z.string().min(1).max(100),
  time: z.number().int().nonnegative(),
  realmId: z.string(),
  authDetails: z.object({ realmId: present, clientId: present, userId: present, ipAddress: present }).default({}),
  operationType: z.string(),
  resourceType: z.string(),
  resourcePath: z.string().default(''),
  /** JSON text of what was sent; absent when the realm keeps no details. */
  representation: z.string().optional(),
  /** Set when Keycloak refused it: nothing was changed. */
  error: z.string().optional(),
});
export type AdminEvent = z.output<typeof adminEvent>;

/** What was sent, as far as it is JSON and was kept. */
export function representationOf({ representation }: AdminEvent): unknown {
  if (representation === undefined) return undefined;
  try {
    return JSON.parse(representation);
  } catch {
    return undefined;
  }
}

/** Id of the group whose realm roles were changed, or null. */
export const mappedGroupOf = ({ resourceType, resourcePath }: AdminEvent): string | null =>
  resourceType === 'REALM_ROLE_MAPPING' ? inPath(/^groups\/([^/]+)\/role-mappings\/realm$/, resourcePath) : null;

/** Id of a group that was renamed, moved, changed or deleted, or null. A new group has no roles yet. */
export const changedGroupOf = ({ resourceType, operationType, resourcePath }: AdminEvent): string | null =>
  resourceType === 'GROUP' && operationType !== 'CREATE' ? inPath(/^groups\/([^/]+)(?:\/|$)/, resourcePath) : null;

/** Name (or, by another path, id) of a role that was changed, made part of another or deleted, or null. Nobody has a new role yet. */
export function changedRoleOf({ resourceType, operationType, resourcePath }: AdminEvent): string | null {
  if (resourceType !== 'REALM_ROLE') return null;
  const isNew = operationType === 'CREATE' && !resourcePath.endsWith('/composites');
  return isNew ? null : inPath(/^roles(?:-by-id)?\/([^/]+)(?:\/|$)/, resourcePath);
}

const switching = z.object({ adminEventsEnabled: z.literal(false) });

/** Whether this event says that the realm no longer keeps admin events. */
export const switchesHistoryOff = (event: AdminEvent): boolean =>
  event.resourceType === 'REALM' && switching.safeParse(representationOf(event)).success;

const inPath = (pattern: RegExp, path: string): string | null => pattern.exec(path)?.[1] ?? null;
