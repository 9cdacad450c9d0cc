import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TargetDocument } from '@causeway/contracts';
import { stringify } from 'yaml';
import { GATEWAYS, REGIONS, type Region } from '../systems/regions';
import type { Lab } from '../systems/start-lab';

/**
 * The lab as its operators declare it to Causeway: one Target file a system, with the addresses of this run. The prober may
 * look there and nowhere else.
 */
type Spec = TargetDocument['spec'];

const target = (name: string, owner: string, spec: Spec): TargetDocument => ({
  apiVersion: 'causeway/v1',
  kind: 'Target',
  metadata: { name, owner },
  spec,
});

const perRegion = <T>(make: (region: Region) => T): Record<string, T> =>
  Object.fromEntries(REGIONS.map((region) => [region, make(region)]));

/** Names of the prober's credentials, as the targets refer to them. */
export const CREDENTIALS = { user: 'probe-user', bearer: 'probe-user-token', flags: 'flags-read' } as const;

/** Looks are cheap on one machine, and an exposure window is only as certain as the time between two of them. */
const LOOK_EVERY = '250ms';

const idp = ({ keycloak }: Lab): TargetDocument =>
  target('idp', 'team-identity', {
    executor: 'keycloak',
    propagation: 'global-instant',
    rung: 'effective',
    history: 'timestamped-log',
    scopes: { global: ['realm'] },
    changes: {
      'role-mapping@v1': {
        with: { group: { type: 'string' }, role: { type: 'string' } },
        identifiedBy: ['group', 'role'],
        capability: 'C',
        show: {
          effective: { probe: 'token', expect: [{ observed: 'roles', is: 'includes', wanted: { with: 'role' } }] },
        },
      },
    },
    probes: {
      token: {
        kind: 'oidc-token',
        at: {
          global: { realm: { url: keycloak.tokenUrl, clientId: keycloak.webClientId, credential: CREDENTIALS.user } },
        },
      },
    },
  });

const shop = ({ tomcat }: Lab): TargetDocument =>
  target('shop', 'team-shop', {
    executor: 'tomcat',
    propagation: 'staged',
    rung: 'effective',
    history: 'timestamped-log',
    scopes: perRegion((region) => [`shop-${region}`]),
    changes: {
      'deploy@v1': {
        with: { version: { type: 'string' } },
        capability: 'C',
        show: {
          effective: {
            probe: 'version',
            expect: [
              { observed: 'status', is: 'equals', wanted: { value: 200 } },
              { observed: 'body.version', is: 'equals', wanted: { with: 'version' } },
            ],
          },
        },
      },
    },
    probes: {
      version: {
        kind: 'http',
        every: LOOK_EVERY,
        at: perRegion((region) => ({
          [`shop-${region}`]: { url: `${tomcat.instances[region].url}/${tomcat.context}/version` },
        })),
      },
    },
  });

const edge = ({ caddy }: Lab): TargetDocument =>
  target('edge', 'team-gateway', {
    executor: 'caddy',
    propagation: 'regional-async',
    rung: 'effective',
    history: 'timestamped-log',
    scopes: perRegion((region) => [...GATEWAYS[region]]),
    changes: {
      'policy@v1': {
        with: { policy: { type: 'string' }, document: { type: 'object' } },
        capability: 'A',
        show: {
          effective: {
            probe: 'gateway',
            expect: [
              { observed: 'header.x-policy', is: 'equals', wanted: { with: 'policy' } },
              { observed: 'status', is: 'equals', wanted: { value: 200 } },
            ],
          },
        },
      },
    },
    probes: {
      gateway: {
        kind: 'http',
        every: LOOK_EVERY,
        at: perRegion((region) =>
          Object.fromEntries(
            GATEWAYS[region].map((name) => [
              name,
              { url: `${caddy.gateways[name].url}/api/audit`, bearer: CREDENTIALS.bearer },
            ]),
          ),
        ),
      },
    },
  });

const flags = ({ unleash }: Lab): TargetDocument =>
  target('flags', 'team-release', {
    executor: 'unleash',
    propagation: 'global-instant',
    rung: 'effective',
    history: 'ordered-ids',
    scopes: perRegion(() => ['client']),
    changes: {
      'toggle@v1': {
        with: { flag: { type: 'string' }, enabled: { type: 'boolean' } },
        identifiedBy: ['flag'],
        capability: 'C',
        show: {
          effective: {
            probe: 'client',
            expect: [{ observed: { prefix: 'flag.', with: 'flag' }, is: 'equals', wanted: { with: 'enabled' } }],
          },
        },
      },
    },
    probes: {
      client: {
        kind: 'unleash-client',
        every: LOOK_EVERY,
        at: perRegion((region) => ({
          client: { url: `${unleash.url}/api/client/features`, credential: CREDENTIALS.flags, region },
        })),
      },
    },
  });

/** Writes the four Target files. */
export function writeTargets(dir: string, lab: Lab): void {
  mkdirSync(dir, { recursive: true });
  for (const document of [idp(lab), shop(lab), edge(lab), flags(lab)])
    writeFileSync(join(dir, `${document.metadata.name}.yaml`), stringify(document));
}
