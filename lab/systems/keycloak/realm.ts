import { randomBytes } from 'node:crypto';

/** A confidential client with a service account: one principal at Keycloak. */
export interface ServiceAccount {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Everything that is secret about a seeded realm. Made at random with the seed and kept beside it. */
export interface RealmSecrets {
  readonly admin: { readonly username: string; readonly password: string };
  readonly probeUser: { readonly username: string; readonly password: string };
  readonly executor: ServiceAccount;
  /** May read users, the realm and its events; writes nothing. */
  readonly observer: ServiceAccount;
  /** The IdP team's own account: may change role mappings, and goes around Causeway. */
  readonly team: ServiceAccount;
}

export const REALM = 'shop';
export const GROUP = 'auditors';
export const ROLE = 'policy-reader';
/** Public client for the password grant. */
export const WEB_CLIENT = 'shop-web';

const secret = (): string => randomBytes(18).toString('hex');

export const newSecrets = (): RealmSecrets => ({
  admin: { username: 'lab-admin', password: secret() },
  probeUser: { username: 'probe-user', password: secret() },
  executor: { clientId: 'causeway-executor', clientSecret: secret() },
  observer: { clientId: 'causeway-observer', clientSecret: secret() },
  team: { clientId: 'idp-team', clientSecret: secret() },
});

/**
 * The realm as one document for `POST /admin/realms`: the role exists and the group exists, but the group does not have the
 * role. Who writes may not read admin events, who reads may not write.
 */
export const realmDocument = (secrets: RealmSecrets): unknown => ({
  realm: REALM,
  enabled: true,
  // Users of a lab sign in several times a second; hashing as slow as it should be elsewhere would be most of what the machine does.
  passwordPolicy: 'hashAlgorithm(pbkdf2-sha256) and hashIterations(1000)',
  sslRequired: 'none',
  adminEventsEnabled: true,
  adminEventsDetailsEnabled: true,
  eventsEnabled: true,
  roles: { realm: [{ name: ROLE, description: 'may read the audit trail of policies' }] },
  groups: [{ name: GROUP }],
  clients: [
    { clientId: WEB_CLIENT, publicClient: true, standardFlowEnabled: false, directAccessGrantsEnabled: true },
    ...[secrets.executor, secrets.observer, secrets.team].map(serviceClient),
  ],
  users: [
    probeUser(secrets),
    serviceUser(secrets.executor, ['manage-users']),
    serviceUser(secrets.observer, ['view-users', 'view-realm', 'view-events']),
    serviceUser(secrets.team, ['manage-users']),
  ],
});

const serviceClient = ({ clientId, clientSecret }: ServiceAccount): unknown => ({
  clientId,
  secret: clientSecret,
  publicClient: false,
  serviceAccountsEnabled: true,
  standardFlowEnabled: false,
  directAccessGrantsEnabled: false,
});

const serviceUser = ({ clientId }: ServiceAccount, roles: readonly string[]): unknown => ({
  username: `service-account-${clientId}`,
  enabled: true,
  serviceAccountClientId: clientId,
  clientRoles: { 'realm-management': roles },
});

/** Without e-mail and both names Keycloak refuses the password grant: the account is "not fully set up". */
const probeUser = ({ probeUser: { username, password } }: RealmSecrets): unknown => ({
  username,
  email: `${username}@example.com`,
  emailVerified: true,
  firstName: 'Probe',
  lastName: 'User',
  enabled: true,
  credentials: [{ type: 'password', value: password, temporary: false }],
  groups: [`/${GROUP}`],
});
